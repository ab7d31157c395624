package io.tidemark.source.postgres.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.source.postgres.TestSource;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.verify.BucketDigest;
import io.tidemark.spi.verify.DigestRequest;
import io.tidemark.spi.verify.TableReading;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TableReadingIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int BUCKETS = 64;

    /** Column type, and values as SQL literals. */
    private static final Map<String, List<String>> TYPES = Map.ofEntries(
            Map.entry("boolean", List.of("true", "false")),
            Map.entry("smallint", List.of("-32768", "32767")),
            Map.entry("int", List.of("-2147483648", "2147483647")),
            Map.entry("bigint", List.of("-9223372036854775808", "9223372036854775807")),
            Map.entry("oid", List.of("0", "4294967295")),
            Map.entry("real", List.of("'-0'", "'NaN'", "'Infinity'", "1e-45", "3.4028235e38", "0.1")),
            Map.entry(
                    "double precision",
                    List.of("'-0'", "'NaN'", "'-Infinity'", "5e-324", "1.7976931348623157e308", "0.1")),
            Map.entry("numeric(12,2)", List.of("0", "-0.01", "9999999999.99", "12.5")),
            Map.entry("numeric(5,0)", List.of("0", "-99999")),
            Map.entry("numeric(38,10)", List.of("-9999999999999999999999999999.9999999999", "0.0000000001")),
            Map.entry("numeric", List.of("1e100", "'NaN'", "'Infinity'", "-0.000", "1.10")),
            Map.entry("money", List.of("'-92233720368547758.08'", "1.5")),
            Map.entry(
                    "text",
                    List.of(
                            "''",
                            "E'tab\\tline\\nreturn\\rback\\\\slash\\b\\f\\v'",
                            "'\\N'",
                            "'ünïcödé 🐘'",
                            "repeat('x', 70000)",
                            "'-'")),
            Map.entry("varchar(10)", List.of("''", "'ten  chars'")),
            Map.entry("char(5)", List.of("''", "'ab'", "' a'")),
            Map.entry("name", List.of("'a name'")),
            Map.entry("bytea", List.of("''", "'\\x00ff5c09'", "decode(repeat('ab', 50000), 'hex')")),
            Map.entry(
                    "uuid",
                    List.of("'00000000-0000-0000-0000-000000000000'", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'")),
            Map.entry("date", List.of("'4713-01-01 BC'", "'5874897-12-31'", "'1969-12-31'", "'2000-02-29'")),
            Map.entry("time", List.of("'00:00'", "'23:59:59.999999'")),
            Map.entry("timetz", List.of("'12:34:56.789+05:30'")),
            Map.entry(
                    "timestamp",
                    List.of(
                            "'4713-01-01 00:00:00 BC'",
                            "'294246-12-31 23:59:59.999999'",
                            "'1969-12-31 23:59:59.999999'")),
            Map.entry(
                    "timestamptz",
                    List.of(
                            "'4713-01-01 00:00:00+00 BC'",
                            "'294246-12-31 23:59:59.999999+00'",
                            "'2026-11-20 08:31:00.123456+02'")),
            Map.entry("interval", List.of("'1 year 2 mons -3 days 04:05:06.7'", "'0'")),
            Map.entry("json", List.of("'{\"a\" :  [1,\"\\u00e9\"]}'")),
            Map.entry("jsonb", List.of("'{\"a\" :  [1,null,\"ü\"]}'", "'1.00'")),
            Map.entry("inet", List.of("'10.0.0.1'", "'::1/64'")),
            Map.entry("cidr", List.of("'10.0.0.0/8'")),
            Map.entry("macaddr", List.of("'08:00:2b:01:02:03'")),
            Map.entry("bit(5)", List.of("B'10101'")),
            Map.entry("varbit", List.of("B''", "B'1'")),
            Map.entry("int4range", List.of("'[1,5)'", "'empty'", "'(,)'")),
            Map.entry("int[]", List.of("'{}'", "'{NULL}'", "'{1,NULL,3}'", "array(select generate_series(1, 3000))")),
            Map.entry("boolean[]", List.of("'{t,NULL,f}'")),
            Map.entry("smallint[]", List.of("'{-32768}'")),
            Map.entry("oid[]", List.of("'{4294967295,NULL}'")),
            Map.entry("real[]", List.of("'{-0,NaN,Infinity,1e-45,0.1,NULL}'")),
            Map.entry("double precision[]", List.of("'{-0,NaN,-Infinity,5e-324,0.1,NULL}'")),
            Map.entry("numeric(12,2)[]", List.of("'{0,-0.01,9999999999.99,12.5,NULL}'")),
            Map.entry("numeric(38,10)[]", List.of("'{-9999999999999999999999999999.9999999999}'")),
            Map.entry("numeric[]", List.of("'{1e100,NaN,Infinity,-0.000,1.10,NULL}'")),
            Map.entry("money[]", List.of("'{1.5,NULL,-2}'")),
            Map.entry("char(5)[]", List.of("'{\"\",ab,NULL}'")),
            Map.entry("\"char\"[]", List.of("'{a,\"\",NULL}'")),
            Map.entry("bytea[]", List.of("array['\\x00ff'::bytea, '', null]")),
            Map.entry("uuid[]", List.of("'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11,NULL}'")),
            Map.entry("date[]", List.of("'{\"4713-01-01 BC\",5874897-12-31,NULL}'")),
            Map.entry("time[]", List.of("'{00:00,23:59:59.999999,NULL}'")),
            Map.entry("timestamp[]", List.of("'{\"4713-01-01 00:00:00 BC\",\"1969-12-31 23:59:59.999999\",NULL}'")),
            Map.entry("timestamptz[]", List.of("'{\"2026-11-20 08:31:00.123456+02\",NULL}'")),
            Map.entry("interval[]", List.of("'{\"1 day 02:00:00\",NULL}'")),
            Map.entry("jsonb[]", List.of("array['{\"a\": 1}'::jsonb, 'null', null]")),
            Map.entry("inet[]", List.of("'{10.0.0.1,NULL,\"::1/64\"}'")),
            Map.entry("box[]", List.of("'{(3,4),(1,2);(5,6),(0,0)}'")),
            Map.entry("int4range[]", List.of("'{\"[1,5)\",empty,NULL}'")),
            Map.entry("mood[]", List.of("'{sad,NULL,\"very happy\"}'")),
            Map.entry("positive[]", List.of("'{1,2.5,NULL}'")),
            Map.entry("ints", List.of("'{}'", "'{1,NULL}'")),
            Map.entry("ints[]", List.of("'{\"{1,2}\",NULL,\"{}\"}'")),
            Map.entry(
                    "pair[]",
                    List.of("array[row(1, 'a')::pair, null, row(null, null)::pair, row(null, '')::pair]", "'{}'")),
            Map.entry("wrapped", List.of("row(1, 'a')::pair", "row(null, null)::pair")),
            Map.entry("wrapped[]", List.of("array[row(1, 'a')::pair::wrapped, null]")),
            Map.entry("a1", List.of("row('v1', null)::a1")),
            Map.entry(
                    "nest",
                    List.of(
                            "row(row(1, 'ünï'), '{1,NULL}', '2026-01-01+00', 1.5, array[row(2, 'x')::pair, null, row(null, null)::pair],"
                                    + " 'NaN', true, '\\x00ff', '2026-01-01', row(3, 'y'), '{\"{\\\"(4,z)\\\"}\"}')",
                            "row(null, '{}', null, null, '{}', '-0', false, '', null, null, '{}')",
                            "row(row(null, null), null, null, null, null, null, null, null, null, row(null, null), null)")),
            Map.entry(
                    "nest[]",
                    List.of(
                            "array[row(row(1, 'a'), null, null, 2, null, 1, null, null, null, null, null)::nest, null]")),
            Map.entry("text[]", List.of("'{\"a b\",\"\",NULL,\"NULL\",\"q\\\"\\\\\"}'")),
            Map.entry("point", List.of("'(1.5,-2)'")),
            Map.entry("pg_lsn", List.of("'16/B374D848'")),
            Map.entry("mood", List.of("'sad'", "'very happy'")),
            Map.entry("positive", List.of("1")),
            Map.entry("pair", List.of("'(1,\"a,b\")'", "'(,)'")));

    private static EmbeddedPostgresServer server;

    private String database;

    @BeforeAll
    static void start() {
        server = EmbeddedPostgresServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void createDatabase() {
        database = server.createDatabase();
    }

    @Test
    void digestsOfEveryTypeAreThoseOfTheDecodedValues() {
        server.execute(
                database,
                "create type mood as enum ('sad', 'very happy')",
                "create domain positive as numeric(6,1) check (value > 0)",
                "create type pair as (a int, b text)",
                "create domain ints as int[]",
                "create domain wrapped as pair",
                "create domain pairs as pair[]",
                "create type a1 as (v text, s pair)",
                "create type nest as (p pair, l int[], t timestamptz, n numeric(6,2), ps pair[], f float8, o boolean,"
                        + " y bytea, d date, w wrapped, deep pairs[])");
        List<String> types = TYPES.keySet().stream().sorted().toList();
        String columns = IntStream.range(0, types.size())
                .mapToObj(i -> "c" + i + " " + types.get(i))
                .collect(Collectors.joining(", "));
        server.execute(database, "create table t (id int primary key, " + columns + ")", "insert into t values (0)");
        int id = 0;
        for (int i = 0; i < types.size(); i++) {
            for (String value : TYPES.get(types.get(i))) {
                server.execute(database, "insert into t (id, c" + i + ") values (" + ++id + ", " + value + ")");
            }
        }
        Map<String, ColumnType> asText = IntStream.range(0, types.size())
                .boxed()
                .collect(Collectors.toMap(i -> "c" + i, i -> ColumnType.STRING));
        for (Map<String, ColumnType> chosen : List.of(Map.<String, ColumnType>of(), asText)) {
            try (LogSource source = TestSource.open(server, database, "p", Map.of(), TestSource.choices("t", chosen));
                    SnapshotCut cut = source.openCut(2, TIMEOUT)) {
                SourceTable table = TestSource.table(source, "public", "t");
                List<List<String>> decoded = decoded(cut, table);
                List<List<String>> rendered = new ArrayList<>();
                Set<Integer> all = IntStream.range(0, BUCKETS).boxed().collect(Collectors.toSet());
                cut.reading(table).rows(DigestRequest.whole(BUCKETS), all, rendered::add);
                assertThat(rendered).containsExactlyInAnyOrderElementsOf(decoded);
                assertThat(cut.reading(table).digests(DigestRequest.whole(BUCKETS)))
                        .isEqualTo(Canonical.digests(table.schema(), decoded, BUCKETS));
            }
        }
    }

    @Test
    void digestsOfManyRowsInManyPartsAreExact() {
        bank(200_000);
        try (LogSource source = source();
                SnapshotCut cut = source.openCut(3, TIMEOUT)) {
            SourceTable table = TestSource.table(source, "public", "transactions");
            List<List<String>> decoded = decoded(cut, table);
            assertThat(decoded).hasSize(200_000);
            for (int buckets : new int[] {1, 1024, 65536}) {
                assertThat(cut.reading(table).digests(DigestRequest.whole(buckets)))
                        .isEqualTo(Canonical.digests(table.schema(), decoded, buckets));
            }
        }
    }

    @Test
    void digestsAgreeWithHashingInSql() throws Exception {
        bank(1_000);
        try (LogSource source = source();
                SnapshotCut cut = source.openCut(1, TIMEOUT);
                java.sql.Connection connection = server.connect(database)) {
            SourceTable table = TestSource.table(source, "public", "transactions");
            BucketDigest digest =
                    cut.reading(table).digests(DigestRequest.whole(1)).get(0);
            String sums = TestSource.value(connection, """
                    select count(*) || ' ' || sum(('x' || left(h, 16))::bit(64)::bigint) || ' ' || sum(('x' || right(h, 16))::bit(64)::bigint)
                      from (select md5(concat(length(a), ':', a, length(c), ':', c, coalesce(length(u) || ':' || u, '-'), length(entity), ':', entity,
                                              length(m), ':', m, '1:', case when is_credit then 't' else 'f' end,
                                              coalesce(octet_length(note) || ':' || note, '-'))) h
                              from (select *, account::text a, (extract(epoch from create_at) * 1000000)::bigint::text c,
                                           (extract(epoch from update_at) * 1000000)::bigint::text u, amount::text m from transactions) t) t
                    """);
            assertThat(digest.rows() + " " + digest.high() + " " + digest.low()).isEqualTo(sums);
        }
    }

    @Test
    void oneChangedValueChangesExactlyItsBucket() {
        bank(5_000);
        try (LogSource source = source()) {
            SourceTable table = TestSource.table(source, "public", "transactions");
            List<BucketDigest> before = digests(source, table, DigestRequest.whole(256));
            server.execute(
                    database, "update transactions set note = note || ' ' where account = 77 and note is not null");
            List<BucketDigest> after = digests(source, table, DigestRequest.whole(256));
            assertThat(before).hasSize(256);
            List<BucketDigest> different = new ArrayList<>(after);
            different.removeAll(before);
            assertThat(different).isNotEmpty().hasSizeLessThan(10);
            List<List<String>> rows = new ArrayList<>();
            Set<Integer> buckets = different.stream().map(BucketDigest::bucket).collect(Collectors.toSet());
            try (SnapshotCut cut = source.openCut(1, TIMEOUT)) {
                cut.reading(table).rows(DigestRequest.whole(256), buckets, rows::add);
            }
            assertThat(rows).hasSize((int)
                    different.stream().mapToLong(BucketDigest::rows).sum());
            assertThat(rows).anyMatch(row -> row.get(0).equals("77"));
        }
    }

    @Test
    void aKeyRangeTakesItsRowsOnly() {
        server.execute(
                database,
                "create table n (id numeric(10,2) primary key)",
                "insert into n select g + 0.5 from generate_series(1, 100) g",
                "create table s (id text collate \"C\" primary key)",
                "insert into s values ('a'), ('B'), ('é'), ('z'), ('Z'), ('quo''te')",
                "create table d (at timestamptz primary key)",
                "insert into d select '2026-01-01'::timestamptz + g * interval '1 day' from generate_series(0, 9) g",
                "create table b (id bytea primary key)",
                "insert into b values ('\\x00'), ('\\x7f'), ('\\xff')");
        try (LogSource source = source()) {
            assertThat(rows(source, "n", range("10", "20.5"))).isEqualTo(10);
            assertThat(rows(source, "n", range("99", null))).isEqualTo(2);
            assertThat(rows(source, "s", range("Z", "z"))).isEqualTo(3);
            assertThat(rows(source, "s", range("z", null))).isEqualTo(2);
            assertThat(rows(source, "s", range("quo'te", "quo'tf"))).isEqualTo(1);
            assertThat(rows(source, "d", range("2026-01-03", "2026-01-05 00:00:00")))
                    .isEqualTo(2);
            assertThat(rows(source, "b", range("7f", null))).isEqualTo(2);
            assertThat(rows(source, "b", range("\\x00", "\\xff"))).isEqualTo(2);
            assertThat(rows(source, "n", range("5", "5"))).isZero();
        }
    }

    @Test
    void anIllTypedBoundIsAnErrorThatDoesNotRepeatIt() {
        server.execute(database, "create table n (id bigint primary key)", "create table keyless (v int)");
        try (LogSource source = source()) {
            assertThatThrownBy(() -> rows(source, "n", range("12x", null)))
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                    .hasMessage(
                            "Cannot compare a key range: 'from' is no value of its column (table=public.n, column=id, type=bigint)");
            assertThatThrownBy(() -> rows(source, "n", range(null, "99999999999999999999")))
                    .hasMessage(
                            "Cannot compare a key range: 'to' is no value of its column (table=public.n, column=id, type=bigint)");
            assertThatThrownBy(() -> rows(source, "keyless", range("1", null)))
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                    .hasMessage("Cannot compare a key range: the table has no key (table=public.keyless)");
        }
    }

    @Test
    void aTableWithoutKeyIsAMultiset() {
        server.execute(
                database,
                "create table t (a int, b text)",
                "insert into t values (1, 'x'), (1, 'x'), (null, null), (1, '')");
        try (LogSource source = source();
                SnapshotCut cut = source.openCut(1, TIMEOUT)) {
            SourceTable table = TestSource.table(source, "public", "t");
            assertThat(cut.reading(table).digests(DigestRequest.whole(BUCKETS)))
                    .isEqualTo(Canonical.digests(table.schema(), decoded(cut, table), BUCKETS));
        }
    }

    @Test
    void generatedColumnsAndPartitionsAreReadAsTheyArePublished() {
        server.execute(
                database,
                "create table p (id int, g int generated always as (id * 2) stored, name text, primary key (id)) partition by hash (id)",
                "create table p_0 partition of p for values with (modulus 2, remainder 0)",
                "create table p_1 (name text, id int not null, g int generated always as (id * 2) stored)",
                "alter table p attach partition p_1 for values with (modulus 2, remainder 1)",
                "insert into p (id, name) select g, 'n' || g from generate_series(1, 1000) g");
        try (LogSource source = source();
                SnapshotCut cut = source.openCut(2, TIMEOUT)) {
            SourceTable table = TestSource.table(source, "public", "p");
            assertThat(table.schema().columns())
                    .extracting(column -> column.name())
                    .containsExactly("id", "name");
            assertThat(cut.reading(table).digests(DigestRequest.whole(BUCKETS)))
                    .isEqualTo(Canonical.digests(table.schema(), decoded(cut, table), BUCKETS));
        }
    }

    @Test
    void valuesThatNoMirrorCanHoldShowAsTheyAre() {
        server.execute(
                database,
                "create table t (id int primary key, d date, ts timestamp, tz timestamptz, n numeric(5,2), ti time)",
                "insert into t values (1, 'infinity', '-infinity', 'infinity', 'NaN', '24:00')");
        try (LogSource source = source();
                SnapshotCut cut = source.openCut(1, TIMEOUT)) {
            List<List<String>> rows = new ArrayList<>();
            cut.reading(TestSource.table(source, "public", "t")).rows(DigestRequest.whole(1), Set.of(0), rows::add);
            assertThat(rows).containsExactly(List.of("1", "infinity", "-Infinity", "Infinity", "NaN", "86400000000"));
        }
    }

    @Test
    void nestedValuesAreWrittenOutPartByPart() {
        server.execute(
                database,
                "create type pair as (a int, b numeric(10,2))",
                "create table t (id int primary key, v1 int[], s1 pair, t1 pair[], a1 date[], i1 text[])",
                "insert into t values (1, '{}', null, '{}', '{2000-01-01,NULL}', array['-', '', null, 'ü'])",
                "insert into t values (2, '{1,NULL,-7}', row(null, null), array[null, row(null, null), row(1, 2.5)]::pair[], null, null)",
                // What no mirror can hold.
                "insert into t values (3, '{{1},{2}}', row(1, 'NaN'), '[0:0]={\"(1,)\"}', '{infinity}', null)");
        try (LogSource source = source();
                SnapshotCut cut = source.openCut(1, TIMEOUT)) {
            List<List<String>> rows = new ArrayList<>();
            cut.reading(TestSource.table(source, "public", "t")).rows(DigestRequest.whole(1), Set.of(0), rows::add);
            assertThat(rows)
                    .containsExactlyInAnyOrder(
                            Arrays.asList("1", "", null, "", "5:10957-", "1:-0:-2:ü"),
                            Arrays.asList("2", "1:1-2:-7", "--", "-2:--9:1:14:2.50", null, null),
                            Arrays.asList(
                                    "3",
                                    "no list: {{1},{2}}",
                                    "1:13:NaN",
                                    "no list: [0:0]={\"(1,)\"}",
                                    "8:infinity",
                                    null));
        }
    }

    @Test
    void keysOfEveryTypeFindTheirRows() {
        server.execute(
                database,
                "create type mood as enum ('sad', 'very happy')",
                "create domain positive as numeric(6,1) check (value > 0)",
                "create type pair as (a int, b text)",
                "create domain ints as int[]");
        // Types that have no order, and composite types of which one is enough. Arrays of money have no text.
        Set<String> noKeys =
                Set.of("json", "point", "box[]", "a1", "nest", "nest[]", "wrapped", "wrapped[]", "money[]");
        for (Map.Entry<String, List<String>> type : TYPES.entrySet()) {
            if (noKeys.contains(type.getKey())) {
                continue;
            }
            List<String> values = type.getValue().stream()
                    .filter(value -> !value.contains("70000") && !value.contains("50000") && !value.contains("3000"))
                    .toList();
            server.execute(
                    database,
                    "drop table if exists k",
                    "create table k (k " + type.getKey() + ", n int, primary key (k, n))");
            for (int i = 0; i < values.size(); i++) {
                server.execute(database, "insert into k values (" + values.get(i) + ", " + i + ")");
            }
            try (LogSource source = source();
                    SnapshotCut cut = source.openCut(1, TIMEOUT)) {
                SourceTable table = TestSource.table(source, "public", "k");
                List<List<String>> keys = new ArrayList<>();
                cut.reading(table).rows(DigestRequest.whole(1), Set.of(0), keys::add);
                assertThat(keys).hasSize(values.size());
                List<List<String>> found = new ArrayList<>();
                cut.readKeys(table, keys, batch -> found.addAll(Canonical.texts(batch)));
                assertThat(found).as(type.getKey()).containsExactlyInAnyOrderElementsOf(keys);
            }
        }
    }

    private void bank(int rows) {
        server.execute(
                database,
                "create table transactions (account bigint, create_at timestamptz, update_at timestamptz, entity text, amount numeric(12,2),"
                        + " is_credit boolean, note text, primary key (account, create_at))",
                "insert into transactions select (g::bigint * 7919) % 1000, timestamptz '2025-01-01' + g * interval '1.234567 seconds',"
                        + " case when g % 3 = 0 then now() end, 'Entity ' || g % 977, (g % 1000000) / 100.0, g % 2 = 0,"
                        + " case when g % 4 > 0 then 'Note ü ' || g end from generate_series(1, " + rows + ") g");
    }

    private LogSource source() {
        return TestSource.open(server, database, "reading");
    }

    private static List<BucketDigest> digests(LogSource source, SourceTable table, DigestRequest request) {
        try (SnapshotCut cut = source.openCut(2, TIMEOUT)) {
            TableReading reading = cut.reading(table);
            return reading.digests(request);
        }
    }

    private static long rows(LogSource source, String table, DigestRequest request) {
        return digests(source, TestSource.table(source, "public", table), request).stream()
                .mapToLong(BucketDigest::rows)
                .sum();
    }

    private static DigestRequest range(String from, String to) {
        return new DigestRequest(BUCKETS, Optional.ofNullable(from), Optional.ofNullable(to));
    }

    private static List<List<String>> decoded(SnapshotCut cut, SourceTable table) {
        List<List<String>> rows = new ArrayList<>();
        RowSchema schema = table.schema();
        TestSource.readAll(cut, table, 1 << 20, (ChangeBatch batch) -> {
            assertThat(batch.schema()).isEqualTo(schema);
            rows.addAll(Canonical.texts(batch));
        });
        return rows;
    }
}
