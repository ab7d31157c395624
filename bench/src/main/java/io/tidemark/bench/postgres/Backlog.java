package io.tidemark.bench.postgres;

import java.sql.SQLException;

/**
 * Changes of the bank table in transactions of one size: of ten changes six are inserts, three updates and one is a delete, of rows of the two transactions before; the first two have
 * only inserts for them. Each call goes on where the one before it ended.
 */
public final class Backlog {
    private static final int PORTION = 50_000;

    private final BenchDatabase database;
    private final int inserts;
    private final int updates;
    private final int deletes;
    private final long firstId;
    private long transactions;

    /**
     * @param changes of a transaction: 1, or a multiple of ten
     * @param firstId above those of all rows
     */
    public Backlog(BenchDatabase database, int changes, long firstId) {
        if (changes != 1 && changes % 10 != 0) {
            throw new IllegalArgumentException(
                    "Cannot make transactions: not one change or tens (changes=" + changes + ")");
        }
        this.database = database;
        this.inserts = changes * 6 / 10;
        this.updates = changes * 3 / 10;
        this.deletes = changes / 10;
        this.firstId = firstId;
    }

    /** Commits so many transactions, without waiting for the disk at each; returns how many changes they are. */
    public long add(long count) throws SQLException {
        long changes = 0;
        for (long done = 0; done < count; done += PORTION) {
            long part = Math.min(PORTION, count - done);
            changes += inserts == 0 ? addSingles(part) : addMany(part);
        }
        return changes;
    }

    private long addMany(long count) throws SQLException {
        database.execute("set synchronous_commit = off", """
                do $$
                begin
                  for n in %1$d..%2$d loop
                    insert into bank
                    select %3$d + n * %4$d + i, (n %% 100000)::int, timestamptz '2026-02-01Z' + n * interval '1 ms', (n + i) / 7.0, true, 'entity ' || i
                    from generate_series(0, %4$d - 1) i;
                    update bank set entity = 'changed ' || n where id between %3$d + (n - 1) * %4$d and %3$d + (n - 1) * %4$d + %5$d - 1;
                    delete from bank where id between %3$d + (n - 2) * %4$d + %5$d and %3$d + (n - 2) * %4$d + %5$d + %6$d - 1;
                    commit;
                  end loop;
                end $$
                """.formatted(
                        transactions, transactions + count - 1, firstId, inserts, updates, deletes));
        long withUpdates = count - (transactions == 0 ? 1 : 0);
        long withDeletes = count - Math.max(0, Math.min(count, 2 - transactions));
        transactions += count;
        return count * inserts + withUpdates * updates + withDeletes * deletes;
    }

    /** Ten transactions do to their rows what one of ten changes does. */
    private long addSingles(long count) throws SQLException {
        database.execute(
                "set synchronous_commit = off", """
                do $$
                begin
                  for n in %1$d..%2$d loop
                    if n %% 10 < 6 then
                      insert into bank values (%3$d + n, (n %% 100000)::int, timestamptz '2026-02-01Z' + n * interval '1 ms', n / 7.0, true, 'entity ' || n);
                    elsif n %% 10 < 9 then
                      update bank set entity = 'changed ' || n where id = %3$d + n - 6;
                    else
                      delete from bank where id = %3$d + n - 6;
                    end if;
                    commit;
                  end loop;
                end $$
                """.formatted(transactions, transactions + count - 1, firstId));
        transactions += count;
        return count;
    }
}
