package io.tidemark.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.lake.PinnedTable.PinnedFile;
import io.tidemark.spi.query.QueryEngine;
import io.tidemark.spi.query.QueryEngineProvider;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TimeZone;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckDbQueryEngineTest {
    private static final TableId ACCOUNTS = new TableId("public", "accounts");
    private static final List<Column> NUMBER = List.of(new Column("n", ColumnType.INT64, false, "bigint"));
    private static final List<Column> ACCOUNT_COLUMNS = List.of(
            new Column("id", ColumnType.INT64, false, "bigint"),
            new Column("Owner Name", ColumnType.STRING, true, "text"),
            new Column("balance", ColumnType.decimal(12, 2), true, "numeric(12,2)"));

    @TempDir
    Path folder;

    private QueryEngine engine;
    private MirrorFiles files;
    private TestCatalog catalog;

    @BeforeEach
    void open() throws Exception {
        engine = ServiceLoader.load(QueryEngineProvider.class)
                .findFirst()
                .orElseThrow()
                .open(folder.resolve("scratch"), 512L << 20);
        files = new MirrorFiles(folder.resolve("lake"));
        catalog = new TestCatalog()
                .with(table(ACCOUNTS, ACCOUNT_COLUMNS, List.of("id"), accountFiles()))
                .with(numbers("public", "Orders", 3))
                .with(numbers("Sales", "orders", 5))
                .with(numbers("sales", "Größe \"x\".y", 7))
                .with(table(new TableId("public", "empty"), HostileValues.columns(), List.of(), List.of()));
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void readsLiveRowsOfCleanAndDirtyFiles() {
        Result result = query("SELECT * FROM public.accounts ORDER BY id");
        assertThat(result.names).containsExactly("id", "Owner Name", "balance");
        assertThat(result.types).containsExactly("BIGINT", "VARCHAR", "DECIMAL(12,2)");
        assertThat(result.rows)
                .containsExactly(
                        Arrays.asList(1L, "Ann", new BigDecimal("10.50")),
                        Arrays.asList(3L, null, new BigDecimal("-0.01")),
                        Arrays.asList(4L, "Dee", null));
        assertThat(query("SELECT count(*) FROM accounts").only()).isEqualTo(3L);
        assertThat(catalog.asked()).containsExactly(ACCOUNTS, ACCOUNTS);
    }

    @Test
    void readsLiveRowsOfFilesOfManyRows() throws Exception {
        long[] deleted = {0, 65_535, 65_536, 131_071, 131_072, 199_999};
        long[] others = {1, 70_000};
        catalog.with(table(
                new TableId("public", "many"),
                NUMBER,
                List.of(),
                List.of(numbersFile(200_000, deleted), numbersFile(65_536, 65_535), numbersFile(70_001, others))));
        long all = 200_000 + 65_536 + 70_001;
        long live = all - deleted.length - 1 - others.length;
        assertThat(query("SELECT count(*) FROM many").only()).isEqualTo(live);
        assertThat(query("SELECT count(n) FROM many").only()).isEqualTo(live);
        long sum =
                LongStream.of(200_000, 65_536, 70_001).map(n -> n * (n - 1) / 2).sum()
                        - LongStream.of(deleted).sum()
                        - 65_535
                        - LongStream.of(others).sum();
        assertThat(query("SELECT sum(n)::BIGINT FROM many").only()).isEqualTo(sum);
        // Of every few thousand rows one.
        assertThat(query("SELECT count(*) FROM many WHERE n % 65535 = 0").rows)
                .as("0 is in all three files and deleted in one; 65,535 in three and deleted in two; two more in one")
                .containsExactly(List.of(2L + 1 + 2));
    }

    @Test
    void countsAsItWouldWhenItReadTheRows() {
        for (String bare : List.of(
                "SELECT count(*) FROM accounts",
                "FROM accounts SELECT count(*);",
                "select COUNT(*) as \"All of \"\"them\"\"\" from Public.Accounts a",
                "SELECT count(*) FROM public.empty",
                "SELECT count(*) FROM \"Orders\"")) {
            Result counted = query(bare);
            Result read = query("SELECT * FROM (" + bare.replace(";", "") + ")");
            assertThat(counted.rows).as(bare).isEqualTo(read.rows);
            assertThat(counted.names).as(bare).isEqualTo(read.names);
            assertThat(counted.types).as(bare).isEqualTo(read.types);
        }
    }

    @Test
    void countsOnlyWhatIsAskedFor() {
        Map<String, Integer> countsOfOne = Map.of(
                "SELECT count(*) FROM accounts WHERE id = 4", 1,
                "SELECT count(*) FILTER (WHERE id = 4) FROM accounts", 1,
                "SELECT count(*) FROM accounts GROUP BY id", 3,
                "SELECT count(*) FROM accounts HAVING count(*) > 5", 0,
                "SELECT count(*) FROM accounts LIMIT 0", 0,
                "WITH accounts AS (SELECT 1) SELECT count(*) FROM accounts", 1);
        countsOfOne.forEach((sql, rows) -> assertThat(query(sql).rows)
                .as(sql)
                .hasSize(rows)
                .allSatisfy(row -> assertThat(row).containsExactly(1L)));
        assertThat(query("SELECT count(*) OVER () FROM accounts").rows)
                .containsExactly(List.of(3L), List.of(3L), List.of(3L));
        assertThat(query("SELECT count(*) FROM accounts, accounts other").only())
                .isEqualTo(9L);
        assertThat(query("SELECT count(*) FROM accounts TABLESAMPLE 0%").only()).isEqualTo(0L);
    }

    @Test
    void doesNotCountFilesThatAreGone() throws Exception {
        PinnedTable pinned = catalog.pin(ACCOUNTS);
        Files.delete(Path.of(pinned.files().get(0).location()));
        assertThatThrownBy(() -> query("SELECT count(*) FROM accounts"))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LAKE_FILE_CORRUPT));
    }

    @Test
    void saysWhichSettingGivesMoreMemory() {
        assertThatThrownBy(() -> query("SELECT string_agg(repeat('x', 1000000), '') FROM range(2000)"))
                .isInstanceOfSatisfying(TidemarkException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
                    assertThat(e.reason()).doesNotContain("SET ");
                    assertThat(e.remedy()).contains("limits.query-memory");
                });
    }

    @Test
    void findsTablesAsTheyAreSpelledElseWithoutCase() {
        assertThat(query("SELECT count(*) FROM ACCOUNTS").only()).isEqualTo(3L);
        assertThat(query("SELECT count(*) FROM Public.Accounts").only()).isEqualTo(3L);
        assertThat(query("SELECT count(*) FROM \"Orders\"").only()).isEqualTo(3L);
        assertThat(query("SELECT count(*) FROM orders").only()).isEqualTo(5L);
        assertThat(query("SELECT count(*) FROM sales.\"Größe \"\"x\"\".y\"").only())
                .isEqualTo(7L);
        assertThat(query("SELECT count(*) FROM \"größe \"\"X\"\".y\"").only()).isEqualTo(7L);
        assertThat(query("SELECT count(*) FROM public.orders, sales.orders").only())
                .isEqualTo(15L);
        assertThatThrownBy(() -> query("SELECT * FROM ORDERS"))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUERY_REJECTED))
                .hasMessageContaining("\"Sales\".\"orders\"")
                .hasMessageContaining("\"public\".\"Orders\"");
    }

    @Test
    void refusesVersionsThatAreNotReadByTheirFiles() throws Exception {
        PinnedTable whole = table(new TableId("public", "logged"), ACCOUNT_COLUMNS, List.of("id"), accountFiles());
        PinnedTable logged = new PinnedTable(
                whole.spec(),
                whole.fieldIds(),
                whole.progress(),
                whole.files(),
                Optional.of(new PinnedTable.Unreadable("its logs are not merged", "Use Spark SQL.")));
        catalog.with(logged);
        assertThat(query("SELECT count(*) FROM accounts").only()).isEqualTo(3L);
        assertThatThrownBy(() -> query("SELECT count(*) FROM accounts, logged"))
                .isInstanceOfSatisfying(TidemarkException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.QUERY_REJECTED);
                    assertThat(e.reason()).isEqualTo("Cannot query public.logged: its logs are not merged");
                    assertThat(e.remedy()).isEqualTo("Use Spark SQL.");
                });
        assertThatThrownBy(() -> engine.reading(logged.withFirst(1)))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUERY_REJECTED));
    }

    @Test
    void refusesShortNamesThatDuckDbWouldConfuse() {
        assertThat(query("SELECT count(*) FROM orders, public.\"Orders\"").only())
                .isEqualTo(15L);
        for (String sql : List.of(
                "SELECT count(*) FROM orders, \"Orders\"",
                "SELECT count(*) FROM accounts, orders, public.\"Orders\"")) {
            assertThatThrownBy(() -> query(sql))
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUERY_REJECTED))
                    .hasMessageContaining("write the schema");
        }
    }

    @Test
    void takesQualifiedColumnsOfTablesNamedShort() {
        assertThat(query("SELECT public.accounts.id FROM accounts WHERE accounts.id = 1")
                        .only())
                .isEqualTo(1L);
        assertThat(query("SELECT a.id FROM accounts a JOIN \"Orders\" o ON o.n = a.id WHERE a.id = 1")
                        .only())
                .isEqualTo(1L);
        assertThat(query("SELECT \"owner name\" FROM accounts WHERE id = 4").only())
                .isEqualTo("Dee");
    }

    @Test
    void seesCommonTableExpressionsWhereSqlDoes() {
        assertThat(query("WITH t AS (SELECT 1 AS x), u AS (SELECT x + 1 AS x FROM T) SELECT u.x FROM u")
                        .only())
                .isEqualTo(2);
        assertThat(query("WITH accounts AS (SELECT id FROM public.accounts WHERE id = 4) SELECT id FROM accounts")
                        .only())
                .isEqualTo(4L);
        assertThat(query(
                                "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT sum(i) FROM n")
                        .only())
                .isEqualTo(BigInteger.valueOf(55));
        assertThat(query("SELECT (SELECT count(*) FROM (WITH z AS (FROM accounts) SELECT * FROM z))")
                        .only())
                .isEqualTo(3L);
        assertThat(catalog.asked()).containsOnly(ACCOUNTS).hasSize(2);
        assertThatThrownBy(() -> query("SELECT (WITH z AS (SELECT 1) SELECT * FROM z) FROM z"))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_TABLE));
    }

    @Test
    void takesEveryFormOfOneSelect() {
        assertThat(query("VALUES (1), (2)").rows).hasSize(2);
        assertThat(query("FROM accounts SELECT count(*)").only()).isEqualTo(3L);
        assertThat(query("TABLE accounts").rows).hasSize(3);
        assertThat(query("SELECT count(*) FROM accounts;").only()).isEqualTo(3L);
        assertThat(query("SELECT sum(i) FROM range(4) t(i), unnest([1, 2])").only())
                .isEqualTo(BigInteger.valueOf(12));
        assertThat(query("DESCRIBE accounts").rows).hasSize(3);
        assertThat(query("SUMMARIZE public.accounts").rows).hasSize(3);
        assertThat(query("show tables").rows)
                .contains(List.of("public", "accounts"), List.of("sales", "Größe \"x\".y"))
                .hasSize(5);
        assertThat(query("PIVOT accounts ON id IN (1, 3) USING count(*)").rows).isNotEmpty();
        assertThat(query("SELECT 1 -- ; DROP TABLE accounts").only()).isEqualTo(1);
    }

    @Test
    void givesEmptyTablesTheirTypes() {
        Result result = query("SELECT * FROM \"empty\"");
        assertThat(result.rows).isEmpty();
        assertThat(result.types)
                .startsWith(
                        "BOOLEAN",
                        "INTEGER",
                        "BIGINT",
                        "FLOAT",
                        "DOUBLE",
                        "VARCHAR",
                        "BLOB",
                        "UUID",
                        "DATE",
                        "TIME",
                        "TIMESTAMP",
                        "TIMESTAMP WITH TIME ZONE")
                .contains("DECIMAL(38,38)");
    }

    @Test
    void givesExactJavaValues() throws Exception {
        List<Column> columns = HostileValues.flat();
        List<Object> row = new ArrayList<>(Arrays.asList(
                true,
                7,
                8L,
                1.5f,
                -0d,
                "é",
                new byte[] {0, -1},
                new UUID(1, 2),
                -719_163,
                86_399_999_999L,
                -62_135_596_800_000_001L,
                -1L));
        for (Column column : columns.subList(row.size(), columns.size())) {
            row.add(HostileValues.of(column.type()).get(4));
        }
        TableId id = new TableId("public", "types");
        catalog.with(table(id, columns, List.of(), List.of(files.write(columns, List.of(row)))));
        List<Object> values = query("SELECT * FROM types").rows.get(0);
        assertThat(values.subList(0, 6)).containsExactly(true, 7, 8L, 1.5f, -0d, "é");
        assertThat((byte[]) values.get(6)).containsExactly(0, -1);
        assertThat(values.subList(7, 12))
                .containsExactly(
                        new UUID(1, 2),
                        LocalDate.of(0, 12, 31),
                        LocalTime.of(23, 59, 59, 999_999_000),
                        LocalDateTime.of(0, 12, 31, 23, 59, 59, 999_999_000),
                        OffsetDateTime.parse("1969-12-31T23:59:59.999999Z"));
        assertThat(values.subList(12, values.size())).isEqualTo(row.subList(12, row.size()));
    }

    @Test
    void givesMapsOfMirrorsInTheOrderOfTheirKeys() throws Exception {
        List<Column> columns = List.of(new Column("attrs", ColumnType.parse("map<string,list<date>>"), true, "M"));
        Map<String, Object> attrs = new java.util.HashMap<>();
        attrs.put("\uD83D\uDE00", List.of(-1));
        attrs.put("b", null);
        attrs.put("\uFFFF", List.of());
        attrs.put("B", Arrays.asList(0, null));
        TableId id = new TableId("public", "maps");
        List<List<Object>> rows = List.of(List.of(attrs), List.of(Map.of()), Arrays.asList((Object) null));
        catalog.with(table(id, columns, List.of(), List.of(files.write(columns, rows))));
        Result result = query("SELECT * FROM maps");
        assertThat(result.types).containsExactly("MAP(VARCHAR, DATE[])");
        Map<?, ?> found = (Map<?, ?>) result.rows.get(0).get(0);
        assertThat(List.copyOf(found.keySet())).isEqualTo(List.of("B", "b", "\uFFFF", "\uD83D\uDE00"));
        assertThat(found.get("B")).isEqualTo(Arrays.asList(LocalDate.of(1970, 1, 1), null));
        assertThat(found.get("b")).isNull();
        assertThat(found.get("\uD83D\uDE00")).isEqualTo(List.of(LocalDate.of(1969, 12, 31)));
        assertThat(result.rows.get(1)).containsExactly(Map.of());
        assertThat(result.rows.get(2)).containsExactly((Object) null);
        assertThat(query("SELECT count(*) FROM maps WHERE attrs['B'] IS NOT NULL")
                        .only())
                .isEqualTo(1L);
    }

    @Test
    void givesNestedColumnsOfMirrorsAsListsAndMaps() throws Exception {
        List<Column> columns = List.of(
                new Column(
                        "lines",
                        ColumnType.parse("list<struct<\"n\":int32,\"price\":decimal(10,2),\"ids\":list<uuid>>>"),
                        true,
                        "x"),
                new Column("days", ColumnType.parse("list<date>"), true, "x"));
        List<List<Object>> rows = List.of(
                Arrays.asList(
                        Arrays.asList(
                                Arrays.asList(1, new BigDecimal("1.50"), Arrays.asList(new UUID(0, 7), null)),
                                null,
                                Arrays.asList(null, null, null),
                                Arrays.asList(2, null, List.of())),
                        List.of(-1)),
                Arrays.asList(List.of(), null));
        TableId id = new TableId("public", "nested");
        catalog.with(table(id, columns, List.of(), List.of(files.write(columns, rows))));
        List<List<Object>> found = query("SELECT * FROM nested").rows;
        Map<String, Object> nulls = new java.util.LinkedHashMap<>();
        List.of("n", "price", "ids").forEach(name -> nulls.put(name, null));
        Map<String, Object> last = new java.util.LinkedHashMap<>(nulls);
        last.put("n", 2);
        last.put("ids", List.of());
        assertThat(found.get(0))
                .containsExactly(
                        Arrays.asList(
                                Map.of(
                                        "n",
                                        1,
                                        "price",
                                        new BigDecimal("1.50"),
                                        "ids",
                                        Arrays.asList(new UUID(0, 7), null)),
                                null,
                                nulls,
                                last),
                        List.of(LocalDate.of(1969, 12, 31)));
        assertThat(found.get(1)).containsExactly(List.of(), null);
        assertThat(query("SELECT sum(line.price) FROM nested, unnest(lines) t(line)")
                        .only())
                .isEqualTo(new BigDecimal("1.50"));
    }

    @Test
    void givesNestedAndOddValues() {
        assertThat(query("SELECT [1, NULL]").only()).isEqualTo(Arrays.asList(1, null));
        assertThat(query("SELECT {'a': 1, 'b': ['x'::BLOB]}").only())
                .satisfies(value -> assertThat(((List<?>) ((Map<?, ?>) value).get("b")).get(0))
                        .isEqualTo(new byte[] {'x'}));
        assertThat(query("SELECT MAP {'k': 1.5}").only()).isEqualTo(Map.of("k", new BigDecimal("1.5")));
        assertThat(query("SELECT TIME '24:00:00'").only()).isEqualTo("24:00:00");
        assertThat(query("SELECT TIMESTAMP 'infinity'").only()).isEqualTo("infinity");
        assertThat(query("SELECT TIMESTAMPTZ '-infinity'").only()).isEqualTo("-infinity");
        assertThat(query("SELECT DATE 'infinity'").only()).isEqualTo("infinity");
        assertThat(query("SELECT [TIMESTAMP '2024-03-31 02:30:00']").only())
                .isEqualTo(List.of(LocalDateTime.parse("2024-03-31T02:30:00")));
        assertThat(query("SELECT 170141183460469231731687303715884105727::HUGEINT")
                        .only())
                .isEqualTo(new BigInteger("170141183460469231731687303715884105727"));
        assertThat(query("SELECT NULL").only()).isNull();
        assertThat(query("SELECT '{\"a\": 1}'::JSON").only()).isEqualTo("{\"a\": 1}");
        assertThat(query("SELECT INTERVAL 3 DAY").only()).isEqualTo("3 days");
    }

    @Test
    void givesTimestampsExactlyInAZoneWhoseClockChanges() {
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
        try {
            for (String time :
                    List.of("2024-03-31T02:30", "2024-10-27T02:30", "1582-10-10T00:00", "-0043-03-15T12:00")) {
                String literal = "make_timestamp("
                        + ChronoUnit.MICROS.between(LocalDateTime.of(1970, 1, 1, 0, 0), LocalDateTime.parse(time))
                        + ")";
                assertThat(query("SELECT " + literal).only()).isEqualTo(LocalDateTime.parse(time));
                if (!time.startsWith("2024-10")) {
                    assertThatThrownBy(() -> query("SELECT [" + literal + "]"))
                            .as(time)
                            .hasMessageContaining("inside a list");
                }
            }
            assertThat(query("SELECT [TIMESTAMP '2024-10-27 02:30:00']").only())
                    .isEqualTo(List.of(LocalDateTime.parse("2024-10-27T02:30")));
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @Test
    void namesTheFileThatIsNotTheOnePinned() throws Exception {
        Path file = Path.of(catalog.pin(ACCOUNTS).files().get(1).location());
        Files.writeString(file, "no Parquet");
        assertThatThrownBy(() -> query("SELECT sum(balance) FROM accounts"))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LAKE_FILE_CORRUPT))
                .hasMessageContaining("wrong size")
                .hasMessageContaining(file.toString());
    }

    @Test
    void showsSoftDeletedRowsWithTheTimeOfTheirDelete() throws Exception {
        Column id = new Column("id", ColumnType.INT64, false, "bigint");
        TableId name = new TableId("public", "soft");
        PinnedFile file = files.write(
                List.of(id, new Column(LakeTableSpec.DELETED_AT, ColumnType.TIMESTAMP_TZ, true, "")),
                List.of(Arrays.asList(1L, null), Arrays.asList(2L, 0L)));
        catalog.with(MirrorFiles.pinned(
                new LakeTableSpec(
                        new RowSchema(name, List.of(id), List.of("id"), BeforeImage.KEY), List.of(), DeleteMode.SOFT),
                List.of(file)));
        assertThat(query("SELECT * FROM soft ORDER BY id").rows)
                .containsExactly(Arrays.asList(1L, null), List.of(2L, OffsetDateTime.parse("1970-01-01T00:00:00Z")));
    }

    @Test
    void namesTheNearestTablesWhenThereIsNoSuchOne() {
        for (String sql : List.of(
                "SELECT * FROM acounts",
                "SELECT * FROM public.acounts",
                "SELECT * FROM memory.public.accounts",
                "SELECT * FROM '/etc/passwd'",
                "SELECT * FROM \"" + folder.resolve("lake/file-1.parquet") + "\"",
                "SELECT * FROM information_schema.tables",
                "SELECT * FROM sqlite_master",
                "SELECT * FROM _tidemark.deleted_0")) {
            assertThatThrownBy(() -> query(sql))
                    .as(sql)
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_TABLE))
                    .hasMessageContaining("public.accounts");
        }
        assertThat(catalog.asked()).isEmpty();
    }

    @Test
    void reportsWhatIsWrongWithTheSqlAndNothingElse() {
        assertFails("SELEC 1", "syntax error at or near \"SELEC\"");
        assertFails("SELECT * FROM accounts WHERE", "syntax error at end of input");
        assertFails("SELECT nosuch FROM accounts", "Referenced column \"nosuch\" not found");
        assertFails("SELECT nosuch(1)", "nosuch does not exist");
        assertFails("SELECT 'x'::INTEGER", "Could not convert string 'x' to INT32");
        assertFails("SELECT error('boom')", "boom");
        assertFails("SELECT ?", "parameter");
    }

    @Test
    void streamsMoreRowsThanItsMemoryHolds() throws Exception {
        try (QueryEngine small = new DuckDbQueryEngineProvider().open(folder.resolve("small"), 64L << 20)) {
            long[] count = {0};
            small.run(
                    "SELECT i, repeat('x', 100) AS x FROM range(3000000) t(i)",
                    catalog,
                    new io.tidemark.spi.query.ResultVisitor() {
                        @Override
                        public void columns(List<String> names, List<String> types) {
                            assertThat(names).containsExactly("i", "x");
                        }

                        @Override
                        public void row(List<Object> values) {
                            count[0]++;
                        }
                    });
            assertThat(count[0]).isEqualTo(3_000_000);
        }
    }

    @Test
    void spillsToItsScratchFolderAndLeavesNothingBehind() throws Exception {
        Path scratch = folder.resolve("spilling");
        Path left = Files.createDirectories(scratch.resolve("duckdb-999999999/1"));
        Files.writeString(left.resolve("old.tmp"), "x");
        try (QueryEngine small = new DuckDbQueryEngineProvider().open(scratch, 128L << 20)) {
            assertThat(left).as("of a process that is gone").doesNotExist();
            assertThat(Result.of(
                                    small,
                                    catalog,
                                    "SELECT count(*) FROM (SELECT i, repeat('x', 200) FROM range(2000000) t(i) ORDER BY hash(i) LIMIT 1900000)")
                            .only())
                    .isEqualTo(1_900_000L);
        }
        try (var found = Files.walk(scratch)) {
            assertThat(found.filter(Files::isRegularFile)).isEmpty();
        }
    }

    @Test
    void stopsWhenTheVisitorThrows() {
        assertThatThrownBy(() -> engine.run("SELECT * FROM range(1000000000)", catalog, new Result() {
                    @Override
                    public void row(List<Object> values) {
                        throw new IllegalStateException("enough");
                    }
                }))
                .hasMessage("enough");
        assertThat(query("SELECT 1").only()).isEqualTo(1);
    }

    @Test
    void answersManyThreadsAtOnce() throws Exception {
        List<Thread> threads = new ArrayList<>();
        List<Object> answers = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 12; i++) {
            Thread thread = new Thread(
                    () -> answers.add(query("SELECT count(*) FROM accounts").only()));
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(answers).hasSize(12).containsOnly(3L);
    }

    @Test
    void refusesFilesThatAreNotOnALocalDisk() {
        TableId id = new TableId("public", "remote");
        catalog.with(table(
                id,
                ACCOUNT_COLUMNS,
                List.of(),
                List.of(new PinnedFile("s3://bucket/x.parquet", 1, 1, MirrorFiles.deletedRows()))));
        assertThatThrownBy(() -> query("SELECT * FROM remote"))
                .hasMessageContaining("local disks only")
                .hasMessageContaining("s3://bucket/x.parquet");
    }

    private void assertFails(String sql, String reason) {
        assertThatThrownBy(() -> query(sql))
                .as(sql)
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUERY_FAILED))
                .hasMessageStartingWith("Cannot run the query: ")
                .hasMessageContaining(reason)
                .satisfies(e -> assertThat(e.getMessage())
                        .doesNotContain(folder.toString())
                        .doesNotContain("pending query"));
    }

    private Result query(String sql) {
        return Result.of(engine, catalog, sql);
    }

    private List<PinnedFile> accountFiles() throws Exception {
        return List.of(
                files.write(ACCOUNT_COLUMNS, List.of(List.of(1L, "Ann", new BigDecimal("10.50")))),
                files.write(
                        ACCOUNT_COLUMNS,
                        List.of(
                                Arrays.asList(2L, "Bob", null),
                                Arrays.asList(3L, null, new BigDecimal("-0.01")),
                                Arrays.asList(4L, "Dee", null),
                                Arrays.asList(5L, "Eve", null)),
                        0,
                        3));
    }

    private PinnedTable numbers(String schema, String name, int rows) throws Exception {
        return table(new TableId(schema, name), NUMBER, List.of("n"), List.of(numbersFile(rows)));
    }

    private PinnedFile numbersFile(int rows, long... deleted) throws Exception {
        return files.write(
                NUMBER,
                IntStream.range(0, rows)
                        .mapToObj(i -> List.<Object>of((long) i))
                        .toList(),
                deleted);
    }

    private static PinnedTable table(TableId id, List<Column> columns, List<String> key, List<PinnedFile> pinnedFiles) {
        return MirrorFiles.pinned(
                new LakeTableSpec(new RowSchema(id, columns, key, BeforeImage.KEY), List.of(), DeleteMode.HARD),
                pinnedFiles);
    }
}
