package io.tidemark.bench.postgres;

import java.sql.SQLException;

/** Which rows of the bank table changes are about. */
public enum ChangeShape {
    /** As a bank's: new rows, and changes of mostly new ones. */
    RECENT("45% inserts, 45% updates of which four of five are among the newest twentieth, 10% deletes", """
            insert into bank
            select %1$d + i, (i %% 100000)::int, timestamptz '2026-02-01Z' + (%3$d * 1000 + i / 100) * interval '1 ms', i / 7.0, true, 'entity ' || i
            from generate_series(1, %2$d * 45 / 100) i;
            update bank set entity = 'changed %3$d' where id = any(array(
              select distinct case when i %% 5 = 0 then 1 + floor(random() * %1$d)::bigint else %1$d - floor(random() * %1$d / 20)::bigint end
              from generate_series(1, %2$d * 45 / 100) i));
            delete from bank where id = any(array(
              select distinct 1 + floor(random() * %1$d)::bigint from generate_series(1, %2$d / 10) i));
            """),
    /** Any row as likely as any other. */
    RANDOM("updates of any rows, all partitions alike", """
            update bank set entity = 'changed %3$d' where id = any(array(
              select distinct 1 + floor(random() * %1$d)::bigint from generate_series(1, %2$d) i));
            """);

    private final String description;
    private final String statements;

    ChangeShape(String description, String statements) {
        this.description = description;
        this.statements = statements;
    }

    /** In words. */
    public String described() {
        return description;
    }

    /**
     * Commits about so many changes as one transaction, so that they are in one slice.
     *
     * @param number of the transaction, from 0
     * @param rows that the table had before the first
     */
    public void commit(BenchDatabase database, int changes, int number, long rows) throws SQLException {
        long newest = this == RECENT ? rows + (long) number * (changes * 45 / 100) : rows;
        database.execute(
                "select setseed(" + (number % 1_000) / 1_000.0 + ")",
                "begin",
                statements.formatted(newest, changes, number),
                "commit");
    }
}
