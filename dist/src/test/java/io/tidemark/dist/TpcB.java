package io.tidemark.dist;

import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The TPC-B-like workload of pgbench, its four tables and five statements a transaction (PostgreSQL documentation, pgbench, "What is the
 * 'Transaction' Actually Performed in pgbench?"), since the server binaries come without pgbench. The history table has no key.
 */
final class TpcB implements AutoCloseable {
    private static final int ACCOUNTS_A_BRANCH = 100_000;

    private final EmbeddedPostgresServer server;
    private final String database;
    private final int branches;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong transactions = new AtomicLong();
    private final List<Thread> clients = new ArrayList<>();
    private volatile SQLException failure;

    TpcB(EmbeddedPostgresServer server, String database, int branches) {
        this.server = server;
        this.database = database;
        this.branches = branches;
    }

    void load() {
        server.execute(
                database,
                "create table pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))",
                "create table pgbench_tellers (tid int not null, bid int, tbalance int, filler char(84))",
                "create table pgbench_accounts (aid int not null, bid int, abalance int, filler char(84))",
                "create table pgbench_branches (bid int not null, bbalance int, filler char(88))",
                "insert into pgbench_branches select i, 0, null from generate_series(1, " + branches + ") i",
                "insert into pgbench_tellers select i, (i - 1) / 10 + 1, 0, null from generate_series(1, "
                        + 10 * branches + ") i",
                "insert into pgbench_accounts select i, (i - 1) / " + ACCOUNTS_A_BRANCH
                        + " + 1, 0, '' from generate_series(1, " + (long) ACCOUNTS_A_BRANCH * branches + ") i",
                "alter table pgbench_branches add primary key (bid)",
                "alter table pgbench_tellers add primary key (tid)",
                "alter table pgbench_accounts add primary key (aid)");
    }

    void start(int clientCount) {
        for (int i = 0; i < clientCount; i++) {
            Thread client = new Thread(this::work, "tpcb-" + i);
            client.start();
            clients.add(client);
        }
    }

    long transactions() {
        return transactions.get();
    }

    /** Ends the clients; throws what one of them met. */
    @Override
    public void close() throws SQLException, InterruptedException {
        stop.set(true);
        for (Thread client : clients) {
            client.join();
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void work() {
        try (Connection connection = server.connect(database)) {
            connection.setAutoCommit(false);
            while (!stop.get()) {
                transaction(connection);
                transactions.incrementAndGet();
            }
        } catch (SQLException e) {
            failure = e;
        }
    }

    private void transaction(Connection connection) throws SQLException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int account = 1 + random.nextInt(ACCOUNTS_A_BRANCH * branches);
        int teller = 1 + random.nextInt(10 * branches);
        int branch = 1 + random.nextInt(branches);
        int delta = random.nextInt(-5000, 5001);
        run(connection, "update pgbench_accounts set abalance = abalance + ? where aid = ?", delta, account);
        run(connection, "select abalance from pgbench_accounts where aid = ?", account);
        run(connection, "update pgbench_tellers set tbalance = tbalance + ? where tid = ?", delta, teller);
        run(connection, "update pgbench_branches set bbalance = bbalance + ? where bid = ?", delta, branch);
        run(
                connection,
                "insert into pgbench_history (tid, bid, aid, delta, mtime) values (?, ?, ?, ?, current_timestamp)",
                teller,
                branch,
                account,
                delta);
        connection.commit();
    }

    private static void run(Connection connection, String sql, int... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setInt(i + 1, values[i]);
            }
            statement.execute();
        }
    }
}
