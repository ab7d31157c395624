package io.tidemark.conformance;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Random tables and a random history of them: rows of many types, keys that change, transactions with savepoints, and changes of the tables
 * themselves. The same seed does the same. Statements that the database refuses are part of it: their transaction rolls back.
 */
final class RandomTables {
    private static final int KEYS = 30;
    private static final int COLUMNS_MAX = 12;

    /** Types with values of each, as SQL. */
    private static final List<Kind> KINDS = List.of(
            new Kind("integer", "0", "-2147483648", "2147483647", "42"),
            new Kind("smallint", "0", "-32768", "7"),
            new Kind("bigint", "0", "9223372036854775807", "-1"),
            new Kind("numeric(12,3)", "0", "123456789.125", "-0.001"),
            new Kind("numeric(25,5)", "12345678901234567890.12345", "-1", "0.00001"),
            new Kind("numeric", "'NaN'", "1e40", "0.1", "-7.50"),
            new Kind("real", "'NaN'", "'-Infinity'", "-0.0", "1.1"),
            new Kind("double precision", "'Infinity'", "1e-300", "0.1"),
            new Kind("boolean", "true", "false"),
            new Kind("text", "''", "'short'", "repeat('long', 2000)", "E'tab\\t line\\n quote\\' backslash\\\\ ä 😀'"),
            new Kind("varchar(20)", "'v'", "'  spaces  '"),
            new Kind("char(6)", "'pad'", "'full12'"),
            new Kind("bytea", "'\\x'", "'\\x00ff10'", "decode(repeat('ab', 5000), 'hex')"),
            new Kind("uuid", "'00000000-0000-0000-0000-000000000001'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"),
            new Kind("date", "'0001-01-01 BC'", "'2024-02-29'", "'9999-12-31'"),
            new Kind("timestamp", "'1970-01-01 00:00:00'", "'2026-11-20 08:31:00.123456'", "'0044-03-15 12:00:00 BC'"),
            new Kind("timestamptz", "'1969-12-31 23:59:59.999999+00'", "'2026-06-01 00:00:00+02'"),
            new Kind("time", "'00:00:00'", "'23:59:59.999999'"),
            new Kind("interval", "'1 year -2 days 03:00:00.5'", "'0'"),
            new Kind("jsonb", "'{\"a\": [1, null, \"x\"]}'", "'null'", "'[]'"),
            new Kind("integer[]", "'{}'", "'{1,null,-3}'", "'{null}'", "array(select generate_series(1, 3000))"),
            new Kind("text[]", "'{\"a,b\",\"\",null}'", "'{}'", "array_fill(repeat('long', 500), array[9])"),
            new Kind("numeric(9,2)[]", "'{1.5,null,-0.01}'", "'{}'"),
            new Kind("double precision[]", "'{NaN,-0,0.1,Infinity}'", "'{null}'"),
            new Kind("timestamptz[]", "'{2026-01-01 00:00:00+02}'", "'{}'"),
            new Kind("bytea[]", "array['\\x00ff'::bytea, null, '']"),
            new Kind("pair", "row(1, 'a b')", "row(null, null)", "row(null, repeat('long', 2000))"),
            new Kind("nest", "row(row(1, 'x'), '{1.5,null}', array[row(2, '')::pair, null])", "row(null, '{}', '{}')"),
            new Kind("pair[]", "array[row(1, 'a,\"b\"')::pair, null, row(null, null)::pair]", "'{}'"),
            new Kind("inet", "'10.0.0.1/8'", "'::1'"),
            new Kind("int4range", "'[1,5)'", "'empty'"),
            new Kind("bit(5)", "B'10101'"),
            new Kind("money", "'12.34'", "'-0.01'"));

    /** Other types that values of a type can have, by a plain ALTER COLUMN. */
    private static final List<List<String>> CASTS = List.of(
            List.of("integer", "bigint"),
            List.of("smallint", "integer"),
            List.of("numeric(12,3)", "numeric(20,3)"),
            List.of("varchar(20)", "text"),
            List.of("varchar(20)", "varchar(40)"),
            List.of("text", "varchar"),
            List.of("integer[]", "bigint[]"),
            List.of("numeric(9,2)[]", "numeric(20,2)[]"),
            List.of("timestamp", "timestamptz"),
            List.of("real", "double precision"));

    private final Connection connection;
    private final Random random;
    private final List<Table> tables = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private int names;

    private record Kind(String type, List<String> values) {
        Kind(String type, String... values) {
            this(type, List.of(values));
        }
    }

    private static final class Column {
        private String name;
        private String type;
        private final Kind kind;

        Column(String name, Kind kind) {
            this.name = name;
            this.type = kind.type();
            this.kind = kind;
        }
    }

    private static final class Table {
        private final String name;
        private final boolean hasKey;
        private final List<Column> columns = new ArrayList<>();

        Table(String name, boolean hasKey) {
            this.name = name;
            this.hasKey = hasKey;
        }
    }

    RandomTables(Connection connection, long seed) {
        this.connection = connection;
        this.random = new Random(seed);
    }

    /** Makes the tables, with some rows. */
    void create(int count) throws SQLException {
        run("create type pair as (a integer, b text)");
        run("create type nest as (p pair, n numeric(9,2)[], l pair[])");
        for (int i = 0; i < count; i++) {
            Table table = new Table("t" + i, i != 2);
            List<String> definitions = new ArrayList<>();
            definitions.add("k1 integer");
            definitions.add("k2 text");
            for (int c = 1 + random.nextInt(6); c > 0; c--) {
                Column column = newColumn();
                table.columns.add(column);
                definitions.add(column.name + " " + column.type);
            }
            if (table.hasKey) {
                definitions.add("primary key (k1, k2)");
            }
            run("create table " + table.name + " (" + String.join(", ", definitions) + ")");
            if (!table.hasKey || random.nextInt(4) == 0) {
                run("alter table " + table.name + " replica identity full");
            }
            tables.add(table);
        }
        for (int i = 0; i < 60; i++) {
            transaction(false);
        }
    }

    /** What was run, for whoever looks for the cause of a failure. */
    List<String> log() {
        return log;
    }

    /** Some transactions, one of them perhaps with changes of tables. */
    void step() throws SQLException {
        for (int i = random.nextInt(6); i >= 0; i--) {
            transaction(random.nextInt(4) == 0);
        }
    }

    /** One insert into each table, after which nobody has anything left to learn of its columns. */
    void touch() throws SQLException {
        for (Table table : tables) {
            run("insert into " + table.name + " (k1, k2) values (" + (KEYS + ++names) + ", 'last')");
        }
    }

    private void transaction(boolean withChanges) throws SQLException {
        connection.setAutoCommit(false);
        List<Runnable> onCommit = new ArrayList<>();
        try {
            for (int i = 1 + random.nextInt(5); i > 0; i--) {
                boolean isInner = random.nextInt(5) == 0;
                if (isInner) {
                    run("savepoint s");
                }
                Table table = tables.get(random.nextInt(tables.size()));
                // A change inside a savepoint would have to be taken back in the model too.
                if (withChanges && !isInner && random.nextBoolean()) {
                    alter(table, onCommit);
                } else {
                    run(rowChange(table));
                }
                if (isInner && random.nextBoolean()) {
                    run("rollback to s");
                }
            }
            if (random.nextInt(8) == 0) {
                connection.rollback();
                log.add("rollback");
                if (withChanges) {
                    onCommit.clear();
                }
            } else {
                connection.commit();
                log.add("commit");
                onCommit.forEach(Runnable::run);
            }
        } catch (SQLException e) {
            log.add("rollback because " + e.getMessage());
            connection.rollback();
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private String rowChange(Table table) {
        int dice = random.nextInt(100);
        if (dice < 45) {
            return insert(table);
        } else if (dice < 75) {
            @Nullable
            Column column = table.columns.isEmpty() ? null : table.columns.get(random.nextInt(table.columns.size()));
            return column == null
                    ? insert(table)
                    : "update " + table.name + " set " + column.name + " = " + value(column) + where();
        } else if (dice < 85) {
            return "update " + table.name + " set k1 = " + random.nextInt(KEYS) + where();
        } else if (dice < 98) {
            return "delete from " + table.name + where();
        }
        return "truncate " + table.name;
    }

    private String insert(Table table) {
        StringBuilder names = new StringBuilder("insert into " + table.name + " (k1, k2");
        StringBuilder values = new StringBuilder(
                ") values (" + random.nextInt(KEYS) + ", '" + (random.nextBoolean() ? "a" : "b") + "'");
        for (Column column : table.columns) {
            if (random.nextInt(5) > 0) {
                names.append(", ").append(column.name);
                values.append(", ").append(value(column));
            }
        }
        return names.append(values).append(") on conflict do nothing").toString();
    }

    private String where() {
        return " where k1 between " + random.nextInt(KEYS) + " and " + random.nextInt(KEYS);
    }

    /** A change of the table; the model learns of it when the transaction commits, so at most one a table and transaction. */
    private void alter(Table table, List<Runnable> onCommit) throws SQLException {
        if (!onCommit.isEmpty()) {
            run(rowChange(tables.get(0) == table ? tables.get(tables.size() - 1) : tables.get(0)));
            return;
        }
        String alter = "alter table " + table.name + " ";
        int dice = random.nextInt(10);
        if ((dice < 4 && table.columns.size() < COLUMNS_MAX) || table.columns.isEmpty()) {
            Column column = newColumn();
            String definition = alter + "add column " + column.name + " " + column.type;
            run(random.nextBoolean() ? definition : definition + " default " + value(column));
            onCommit.add(() -> table.columns.add(column));
            run("insert into " + table.name + " (k1, k2, " + column.name + ") values (" + random.nextInt(KEYS)
                    + ", 'c', " + value(column) + ") on conflict do nothing");
            return;
        }
        Column column = table.columns.get(random.nextInt(table.columns.size()));
        if (dice < 6) {
            run(alter + "drop column " + column.name);
            onCommit.add(() -> table.columns.remove(column));
        } else if (dice < 8) {
            String name = "r" + ++names;
            run(alter + "rename column " + column.name + " to " + name);
            onCommit.add(() -> column.name = name);
        } else {
            String type = CASTS.stream()
                    .filter(cast -> cast.get(0).equals(column.type))
                    .map(cast -> cast.get(1))
                    .findFirst()
                    .orElse(column.type);
            run(alter + "alter column " + column.name + " type " + type);
            onCommit.add(() -> column.type = type);
        }
    }

    private Column newColumn() {
        return new Column("c" + ++names, KINDS.get(random.nextInt(KINDS.size())));
    }

    private String value(Column column) {
        if (random.nextInt(6) == 0) {
            return "null";
        }
        return column.kind.values().get(random.nextInt(column.kind.values().size())) + "::" + column.kind.type();
    }

    private void run(String sql) throws SQLException {
        log.add(sql.length() > 300 ? sql.substring(0, 300) + "..." : sql);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
