package io.tidemark.bench.postgres;

import io.tidemark.spi.schema.TableId;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/** Tables that benchmarks copy. Their values depend on the row's number only. */
public enum BenchTable {
    /** Six columns, 72 bytes a row in COPY's binary format. */
    BANK("""
            create table bank (
              id bigint primary key,
              account int not null,
              created_at timestamptz not null,
              amount numeric(12,2) not null,
              is_credit boolean not null,
              entity text not null)
            """, """
            insert into bank
            select i, (i * 7919 %% 1000003)::int, timestamptz '2026-01-01 00:00:00Z' + i * interval '259 ms',
              (i * 104729 %% 100000000)::numeric / 100, i %% 3 = 0, 'entity ' || (i * 31 %% 10000)
            from generate_series(%d::bigint, %d) i
            """),
    /** Forty columns of all common types, some of them null. */
    WIDE(
            "create table wide (id bigint primary key, " + Columns.wide("%s %s") + ")",
            "insert into wide select i, " + Columns.wideValues() + " from generate_series(%d::bigint, %d) i"),
    /** Rows of a kilobyte, most of which does not compress. */
    KILOBYTE("create table kilobyte (id bigint primary key, note text)", """
            insert into kilobyte
            select i, (select string_agg(md5(i::text || '-' || j::text), '') from generate_series(1, 31) j) from generate_series(%d::bigint, %d) i
            """);

    private static final long PORTION = 1_000_000;

    private final String definition;
    private final String rows;

    BenchTable(String definition, String rows) {
        this.definition = definition;
        this.rows = rows;
    }

    /** What it is called in the database. */
    public TableId id() {
        return new TableId("public", table());
    }

    /** Its name, which is found without its schema. */
    public String table() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Makes the table with rows 1 to so many. */
    public void create(BenchDatabase database, long count) throws SQLException {
        database.execute(definition);
        for (long from = 1; from <= count; from += PORTION) {
            database.execute(rows.formatted(from, Math.min(count, from + PORTION - 1)));
        }
        database.execute("vacuum analyze " + table());
        database.settle();
    }

    /** Columns of the wide table. */
    private static final class Columns {
        private static final int REPEATS = 3;
        private static final List<String> TYPES = List.of(
                "bigint",
                "int",
                "smallint",
                "double precision",
                "real",
                "numeric(18,4)",
                "boolean",
                "text",
                "varchar(40)",
                "date",
                "timestamp",
                "timestamptz",
                "uuid");
        private static final List<String> VALUES = List.of(
                "i * 1000003 + n",
                "(i * 7919 % 1000003)::int",
                "(i % 30000)::smallint",
                "i / 7.0::float8 + n",
                "(i % 1000)::real",
                "(i * 104729 % 1000000000)::numeric / 10000",
                "(i + n) % 2 = 0",
                "'text ' || (i * 31 % 10000)",
                "case when (i + n) % 5 = 0 then null else 'value ' || (i % 977) end",
                "date '2020-01-01' + (i % 2000)::int",
                "timestamp '2026-01-01' + i * interval '1 s'",
                "timestamptz '2026-01-01Z' + i * interval '1 ms'",
                "md5((i % 100000 + n)::text)::uuid");

        static String wide(String column) {
            StringBuilder text = new StringBuilder();
            for (int repeat = 0; repeat < REPEATS; repeat++) {
                for (int type = 0; type < TYPES.size(); type++) {
                    text.append(text.isEmpty() ? "" : ", ")
                            .append(column.formatted("c" + (repeat * TYPES.size() + type + 1), TYPES.get(type)));
                }
            }
            return text.toString();
        }

        static String wideValues() {
            StringBuilder text = new StringBuilder();
            for (int repeat = 0; repeat < REPEATS; repeat++) {
                for (String value : VALUES) {
                    text.append(text.isEmpty() ? "" : ", ")
                            .append(value.replaceAll("\\bn\\b", Integer.toString(repeat + 1))
                                    .replace("%", "%%"));
                }
            }
            return text.toString();
        }
    }
}
