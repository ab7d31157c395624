package io.tidemark.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.source.postgres.connection.SqlText;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.source.ChangeSink;
import io.tidemark.spi.source.ChangeStream;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.RowFilter;
import io.tidemark.spi.source.RowFilter.ColumnCondition;
import io.tidemark.spi.source.RowFilter.Comparison;
import io.tidemark.spi.source.RowFilter.Operator;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TableScope;
import io.tidemark.spi.source.UndecodableRow;
import io.tidemark.spi.verify.CanonicalText;
import io.tidemark.spi.verify.DigestRequest;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random tables, scopes and histories: a load and the stream behind it end with the rows that the comparison reads, that a load at the end reads, and
 * that are read by their keys. {@code -Dseed=N} repeats one.
 */
class ScopedOutcomeIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int TABLES = 8;
    private static final int STATEMENTS = 150;

    /** Type of a column, and texts that are values of it. */
    private static final Map<String, List<String>> TYPES = Map.ofEntries(
            Map.entry("boolean", List.of("true", "false")),
            Map.entry("smallint", List.of("-1", "0", "1", "2")),
            Map.entry("bigint", List.of("-1", "0", "4294967296")),
            Map.entry("oid", List.of("0", "1", "4294967295")),
            Map.entry("numeric", List.of("0", "1.0", "1.00", "NaN", "-Infinity", "1e20")),
            Map.entry("numeric(9,3)", List.of("0", "1.000", "-1.5", "999999.999")),
            Map.entry("real", List.of("0", "-0", "NaN", "Infinity", "0.1")),
            Map.entry("double precision", List.of("0", "-0", "NaN", "-Infinity", "0.1")),
            Map.entry("text", List.of("", " ", "a", "A", "é", "'; drop table t0; --", "a\tb", "\\")),
            Map.entry("varchar(30)", List.of("", "a", "a ", "B", "ß")),
            Map.entry("char(5)", List.of("", "a", "ab", " a")),
            Map.entry("date", List.of("2000-01-01", "1969-12-31", "4713-01-01 BC")),
            Map.entry(
                    "timestamp(3)",
                    List.of("2000-01-01 00:00:00", "1999-12-31 23:59:59.999", "0044-03-15 10:00:00 BC")),
            Map.entry("timestamptz", List.of("2000-01-01 00:00:00+02", "2024-02-29 12:00:00.000001Z")),
            Map.entry("uuid", List.of("00000000-0000-0000-0000-000000000000", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11")),
            Map.entry("mood", List.of("sad", "happy")),
            Map.entry("positive", List.of("1", "1000")));

    private static EmbeddedPostgresServer server;

    @BeforeAll
    static void start() {
        server = EmbeddedPostgresServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** How rows of the tables are told apart. */
    enum Identity {
        KEY,
        KEY_AND_WHOLE_OLD_ROWS,
        WHOLE_OLD_ROWS
    }

    @ParameterizedTest
    @EnumSource
    void streamAndReadingsAgree(Identity identity) throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        String database = server.createDatabase();
        server.execute(
                database,
                "create type mood as enum ('sad', 'happy')",
                "create domain positive as numeric(6,1) check (value > 0)");
        List<List<String>> types = new ArrayList<>();
        for (int i = 0; i < TABLES; i++) {
            types.add(create(database, i, identity, random));
        }
        try (LogSource source = TestSource.open(server, database, "scoped_" + database);
                var connection = server.connect(database);
                var statement = connection.createStatement()) {
            List<SourceTable> tables = new ArrayList<>();
            for (int i = 0; i < TABLES; i++) {
                TableScope scope = scope(types.get(i), random);
                SourceTable part = TestSource.table(source, "public", "t" + i).within(scope);
                assertThat(source.problems(List.of(part))).as("seed %d", seed).isEmpty();
                tables.add(part);
            }
            source.prepare(tables, Optional.empty());
            for (int i = 0; i < STATEMENTS; i++) {
                statement.execute(change(types, random));
            }
            Map<String, Mirror> mirrors = new HashMap<>();
            Position loaded;
            try (SnapshotCut cut = source.openCut(1, TIMEOUT)) {
                loaded = cut.cutoff();
                for (SourceTable table : tables) {
                    Mirror mirror = new Mirror(table.schema(), identity == Identity.WHOLE_OLD_ROWS);
                    mirrors.put(table.id().name(), mirror);
                    TestSource.readAll(cut, table, 1 << 20, mirror::load);
                }
            }
            for (int i = 0; i < STATEMENTS * 2; i++) {
                statement.execute(change(types, random));
            }
            try (ChangeStream stream = source.openStream(Optional.empty(), tables);
                    SnapshotCut cut = source.openCut(1, TIMEOUT)) {
                source.mark("end");
                Applying applying = new Applying(mirrors, loaded);
                while (!applying.hasEnded) {
                    stream.poll(applying, Duration.ofMillis(50));
                }
                applying.flush();
                int rows = 0;
                for (int i = 0; i < TABLES; i++) {
                    SourceTable table = tables.get(i);
                    String what = "seed " + seed + ", t" + i + " " + types.get(i) + " " + table.scope();
                    List<List<String>> read = read(cut, table);
                    Mirror mirror = mirrors.get("t" + i);
                    assertThat(mirror.sorted()).as(what).isEqualTo(sorted(read));
                    Mirror again = new Mirror(table.schema(), identity == Identity.WHOLE_OLD_ROWS);
                    TestSource.readAll(cut, table, 1 << 20, again::load);
                    assertThat(again.sorted()).as("load, " + what).isEqualTo(sorted(read));
                    if (table.schema().hasKey()) {
                        Mirror byKey = new Mirror(table.schema(), false);
                        List<List<String>> keys = new ArrayList<>();
                        for (int id = 0; id < 40; id++) {
                            keys.add(List.of(Integer.toString(id)));
                        }
                        cut.readKeys(table, keys, byKey::load);
                        assertThat(byKey.sorted()).as("by key, " + what).isEqualTo(sorted(read));
                    }
                    rows += read.size();
                }
                assertThat(rows).as("seed " + seed).isPositive();
                assertThat(applying.deletes).as("seed " + seed).isPositive();
            }
            source.remove();
        }
    }

    /** Columns {@code c0}, {@code c1}, ... behind an id. */
    private static List<String> create(String database, int table, Identity identity, Random random) {
        List<String> names = TYPES.keySet().stream().sorted().toList();
        List<String> types = new ArrayList<>();
        StringBuilder sql = new StringBuilder("create table t" + table + " (id int");
        sql.append(identity == Identity.WHOLE_OLD_ROWS ? "" : " primary key");
        for (int i = 0; i < 4; i++) {
            types.add(names.get(random.nextInt(names.size())));
            sql.append(", c").append(i).append(' ').append(types.get(i));
        }
        server.execute(database, sql.append(')').toString());
        if (identity != Identity.KEY) {
            server.execute(database, "alter table t" + table + " replica identity full");
        }
        return types;
    }

    private static TableScope scope(List<String> types, Random random) {
        List<ColumnCondition> conditions = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(2); i++) {
            int column = random.nextInt(types.size());
            List<Comparison> anyOf = new ArrayList<>();
            for (int j = 0; j <= random.nextInt(3); j++) {
                Operator operator = types.get(column).equals("mood")
                        ? List.of(Operator.EQUAL, Operator.NOT_EQUAL, Operator.NULL)
                                .get(random.nextInt(3))
                        : List.of(Operator.values()).get(random.nextInt(Operator.values().length));
                List<String> literals = new ArrayList<>();
                while (literals.size() < operator.literals()) {
                    literals.add(value(types.get(column), random));
                }
                anyOf.add(new Comparison(operator, literals));
            }
            conditions.add(new ColumnCondition("c" + column, anyOf));
        }
        List<String> omitted = random.nextBoolean() ? List.of() : List.of("c" + random.nextInt(2));
        return new TableScope(omitted, Set.of(), new RowFilter(conditions));
    }

    private static String value(String type, Random random) {
        List<String> texts = TYPES.get(type);
        return texts.get(random.nextInt(texts.size()));
    }

    private static String sqlValue(String type, Random random) {
        return random.nextInt(6) == 0 ? "null" : SqlText.literal(value(type, random));
    }

    private static String change(List<List<String>> types, Random random) {
        int table = random.nextInt(types.size());
        int id = random.nextInt(40);
        int column = random.nextInt(4);
        return switch (random.nextInt(8)) {
            case 0 -> "delete from t" + table + " where id = " + id;
            case 1 -> {
                int other = random.nextInt(40);
                yield "update t" + table + " set id = " + other + " where id = " + id + " and not exists (select from t"
                        + table + " where id = " + other + ")";
            }
            case 2, 3 ->
                "update t" + table + " set c" + column + " = "
                        + sqlValue(types.get(table).get(column), random) + " where id between " + id + " and "
                        + (id + 5);
            default ->
                "insert into t" + table + " select " + id + ", "
                        + types.get(table).stream()
                                .map(type -> sqlValue(type, random) + "::" + type)
                                .collect(Collectors.joining(", "))
                        + " where not exists (select from t" + table + " where id = " + id + ")";
        };
    }

    private static List<List<String>> read(SnapshotCut cut, SourceTable table) {
        List<List<String>> rows = new ArrayList<>();
        cut.reading(table).rows(DigestRequest.whole(1), Set.of(0), row -> rows.add(new ArrayList<>(row)));
        return rows;
    }

    private static List<String> sorted(List<List<String>> rows) {
        return rows.stream().map(Object::toString).sorted().toList();
    }

    /** Rows of one table, by key, or counted. */
    private static final class Mirror {
        private final RowSchema schema;
        private final boolean isKeyless;
        private final List<List<String>> rows = new ArrayList<>();

        Mirror(RowSchema schema, boolean isKeyless) {
            this.schema = schema;
            this.isKeyless = isKeyless;
        }

        void load(ChangeBatch batch) {
            for (int row = 0; row < batch.size(); row++) {
                rows.add(texts(batch, row));
            }
        }

        void apply(ChangeBatch batch) {
            for (int row = 0; row < batch.size(); row++) {
                List<String> texts = texts(batch, row);
                switch (batch.operation(row)) {
                    case INSERT, UPDATE -> {
                        if (!isKeyless) {
                            remove(texts);
                        }
                        rows.add(texts);
                    }
                    case DELETE, BEFORE -> {
                        boolean isFound = remove(texts);
                        assertThat(isFound || !isKeyless)
                                .as("a row that goes was there: %s", texts)
                                .isTrue();
                    }
                    case TRUNCATE -> rows.clear();
                }
            }
        }

        private boolean remove(List<String> texts) {
            return isKeyless ? rows.remove(texts) : rows.removeIf(row -> key(row).equals(key(texts)));
        }

        private List<String> key(List<String> row) {
            List<String> key = new ArrayList<>();
            for (int index : schema.keyIndexes()) {
                key.add(row.get(index));
            }
            return key;
        }

        List<String> sorted() {
            return ScopedOutcomeIT.sorted(rows);
        }

        private static List<String> texts(ChangeBatch batch, int row) {
            List<String> texts = new ArrayList<>();
            for (ColumnVector column : batch.columns()) {
                assertThat(column.isUnchanged(row)).isFalse();
                texts.add(column.isNull(row) ? null : CanonicalText.text(column, row));
            }
            return texts;
        }
    }

    private static final class Applying implements ChangeSink {
        private final Map<String, Mirror> mirrors;
        private final Position loaded;
        private ChangeBatch open;
        private boolean hasEnded;
        private int deletes;

        Applying(Map<String, Mirror> mirrors, Position loaded) {
            this.mirrors = mirrors;
            this.loaded = loaded;
        }

        @Override
        public ChangeBatch batch(RowSchema schema) {
            flush();
            open = new ChangeBatch(schema, 2);
            return open;
        }

        void flush() {
            if (open != null && !open.isEmpty() && !new Position(open.position(0)).isBefore(loaded)) {
                mirrors.get(open.schema().table().name()).apply(open);
                deletes += open.operation(0) == Operation.DELETE ? 1 : 0;
            }
            open = null;
        }

        @Override
        public void commit(Position position, long commitMicros, String resumeToken) {
            flush();
        }

        @Override
        public void marker(String content) {
            flush();
            hasEnded = true;
        }

        @Override
        public void undecodable(UndecodableRow row) {
            throw row.reason();
        }
    }
}
