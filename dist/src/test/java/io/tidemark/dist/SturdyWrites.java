package io.tidemark.dist;

import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;

/**
 * Writes to a Postgres database all the time, through crashes of the server, until closed. In every transaction as much is added to an account as to a
 * teller, so that their sums are equal wherever transactions end. Values that are stored apart stay unchanged, keys change, a table has no key, and
 * transactions are rolled back, in part or whole, or too large for the server's memory.
 */
final class SturdyWrites implements AutoCloseable {
    /** Tables that are written to, with the columns that stay. */
    static final List<String> TABLES = List.of("accounts", "tellers", "history", "documents");

    private static final int ACCOUNTS = 1_500;
    private static final int TELLERS = 40;
    private static final int DOCUMENTS = 1_500;
    private static final int WRITERS = 2;
    private static final long PAUSE_MILLIS = 20;

    /**
     * SQLState classes of what a crash of the server does, of deadlocks, and of a key that another writer has inserted since it was looked for: the
     * transaction is lost, the next one may do.
     */
    private static final Set<String> PASSING = Set.of("08", "57", "40", "23");

    private final EmbeddedPostgresServer server;
    private final String database;
    private final ReentrantReadWriteLock pausing = new ReentrantReadWriteLock(true);
    private final AtomicLong transactions = new AtomicLong();
    private final AtomicLong losses = new AtomicLong();
    private List<CompletableFuture<Void>> writers = List.of();
    private volatile boolean stopped;

    SturdyWrites(EmbeddedPostgresServer server, String database) {
        this.server = server;
        this.database = database;
    }

    void load() {
        server.execute(
                database,
                "create table accounts (id int primary key, balance bigint not null, note text)",
                "alter table accounts alter column note set storage external",
                "create table tellers (id int primary key, balance bigint not null)",
                "create table history (account int not null, delta bigint not null)",
                "alter table history replica identity full",
                "create table documents (id int primary key, body text not null)",
                "create table settings (name text primary key, value text)",
                "insert into accounts select i, 0, repeat(md5(i::text), 80) from generate_series(1, " + ACCOUNTS
                        + ") i",
                "insert into tellers select i, 0 from generate_series(1, " + TELLERS + ") i",
                "insert into documents select i, md5(i::text) from generate_series(1, " + DOCUMENTS + ") i",
                "insert into settings select 'setting-' || i, 'value' from generate_series(1, 50) i");
    }

    void start(long seed) {
        writers = IntStream.range(0, WRITERS)
                .mapToObj(writer -> CompletableFuture.runAsync(() -> write(new Random(seed * WRITERS + writer))))
                .toList();
    }

    /** Transactions that were committed. */
    long transactions() {
        return transactions.get();
    }

    /** Transactions that ended with an error that passes. */
    long losses() {
        return losses.get();
    }

    /** Throws what has ended a writer. */
    void requireRunning() {
        for (CompletableFuture<Void> writer : writers) {
            if (writer.isCompletedExceptionally()) {
                writer.join();
            }
        }
    }

    /** Waits until no transaction is open, and lets none begin until what is returned is closed. */
    Pause pause() {
        pausing.writeLock().lock();
        return () -> pausing.writeLock().unlock();
    }

    /** Writers wait. */
    interface Pause extends AutoCloseable {
        @Override
        void close();
    }

    private void write(Random random) {
        try {
            while (!stopped) {
                try (Connection connection = server.connect(database)) {
                    connection.setAutoCommit(false);
                    while (!stopped) {
                        transactAlone(connection, random);
                        Thread.sleep(PAUSE_MILLIS);
                    }
                } catch (SQLException | IllegalStateException e) {
                    requirePassing(e);
                    losses.incrementAndGet();
                    Thread.sleep(PAUSE_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void requirePassing(Exception error) {
        SQLException cause = error instanceof SQLException sql ? sql : (SQLException) error.getCause();
        String state = String.valueOf(cause.getSQLState());
        if (!PASSING.contains(state.substring(0, 2))) {
            throw new CompletionException(error);
        }
    }

    private void transactAlone(Connection connection, Random random) throws SQLException {
        pausing.readLock().lock();
        try {
            transact(connection, random);
            transactions.incrementAndGet();
        } finally {
            pausing.readLock().unlock();
        }
    }

    private static void transact(Connection connection, Random random) throws SQLException {
        try (Statement sql = connection.createStatement()) {
            int kind = random.nextInt(4_000);
            if (kind < 2_800) {
                transfer(sql, random);
            } else if (kind < 3_520) {
                changeDocument(sql, random);
            } else if (kind < 3_760) {
                String note = random.nextInt(4) == 0 ? "null" : "repeat(md5('" + random.nextInt() + "'), 80)";
                sql.execute("update accounts set note = " + note + " where id = " + account(random));
            } else if (kind < 3_880) {
                transfer(sql, random);
                connection.rollback();
            } else if (kind < 3_990) {
                Savepoint savepoint = connection.setSavepoint();
                transfer(sql, random);
                connection.rollback(savepoint);
                transfer(sql, random);
            } else {
                changeMuch(sql, kind, random);
            }
            connection.commit();
        }
    }

    private static void transfer(Statement sql, Random random) throws SQLException {
        int delta = random.nextInt(-500, 501);
        int account = account(random);
        sql.execute("update accounts set balance = balance + " + delta + " where id = " + account);
        sql.execute("update tellers set balance = balance + " + delta + " where id = " + (1 + random.nextInt(TELLERS)));
        sql.execute("insert into history (account, delta) values (" + account + ", " + delta + ")");
    }

    private static int account(Random random) {
        return 1 + random.nextInt(ACCOUNTS);
    }

    private static void changeDocument(Statement sql, Random random) throws SQLException {
        int id = 1 + random.nextInt(2 * DOCUMENTS);
        String body = "md5('" + random.nextInt() + "')";
        switch (random.nextInt(3)) {
            case 0 -> sql.execute("delete from documents where id = " + id);
            case 1 ->
                sql.execute("insert into documents values (" + id + ", " + body
                        + ") on conflict (id) do update set body = excluded.body");
            default ->
                sql.execute("update documents set id = " + (2 * DOCUMENTS + 1 - id) + " where id = " + id
                        + " and not exists (select from documents where id = " + (2 * DOCUMENTS + 1 - id) + ")");
        }
    }

    private static void changeMuch(Statement sql, int kind, Random random) throws SQLException {
        switch (kind) {
            case 3_990, 3_991, 3_992 ->
                sql.execute("insert into documents select i, md5(i::text || '" + random.nextInt()
                        + "') from generate_series(1, " + DOCUMENTS + ") i on conflict (id) do nothing");
            case 3_993, 3_994, 3_995 ->
                sql.execute("update documents set body = body || '+' where id % 3 = 0 and length(body) < 60");
            case 3_996, 3_997 -> sql.execute("delete from documents where id % 4 = " + random.nextInt(4));
            case 3_998 -> sql.execute("truncate history");
            default -> sql.execute("delete from history where account % 50 = " + random.nextInt(50));
        }
    }

    @Override
    public void close() {
        stopped = true;
        writers.forEach(CompletableFuture::join);
    }
}
