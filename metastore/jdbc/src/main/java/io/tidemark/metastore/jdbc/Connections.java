package io.tidemark.metastore.jdbc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * A few connections, kept open and lent one at a time. One that has failed is closed, and so are the idle ones, which likely share its fate: the
 * next use connects afresh. Thread-safe.
 */
final class Connections implements AutoCloseable {
    /** Callers beyond this wait: the store is small, and on SQLite writers queue anyway. */
    static final int CONNECTIONS_MAX = 4;

    /** An idle connection older than this is tested before use, so that a restarted server costs no failed call. */
    private static final Duration TRUST_IDLE = Duration.ofSeconds(5);

    private static final int TEST_SECONDS = 5;
    private static final long WAL_RETRY_NANOS = 1_000_000;

    private final Dialect dialect;
    private final String url;
    private final Properties login;
    private final Semaphore permits = new Semaphore(CONNECTIONS_MAX, true);
    private final Deque<Idle> idle = new ArrayDeque<>();
    private boolean closed;

    Connections(Dialect dialect, String url, Properties login) {
        this.dialect = dialect;
        this.url = url;
        this.login = login;
    }

    /** Work on a connection in auto-commit mode. */
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    <T> T use(Work<T> work) throws SQLException {
        permits.acquireUninterruptibly();
        try {
            Connection connection = takeIdle().orElse(null);
            if (connection == null) {
                connection = connect();
            }
            boolean good = false;
            try {
                T result = work.on(connection);
                good = true;
                return result;
            } finally {
                if (good) {
                    giveBack(connection);
                } else {
                    closeQuietly(connection);
                    closeIdle();
                }
            }
        } finally {
            permits.release();
        }
    }

    /** Runs the work as one transaction; empty from the work means that nothing is to be kept. */
    static <T> Optional<T> inTransaction(Connection connection, Work<Optional<T>> work) throws SQLException {
        connection.setAutoCommit(false);
        Optional<T> result = work.on(connection);
        if (result.isPresent()) {
            connection.commit();
        } else {
            connection.rollback();
        }
        connection.setAutoCommit(true);
        return result;
    }

    @Override
    public void close() {
        synchronized (idle) {
            closed = true;
        }
        closeIdle();
    }

    private Optional<Connection> takeIdle() throws SQLException {
        while (true) {
            Idle candidate;
            synchronized (idle) {
                if (closed) {
                    throw new SQLException("the store is closed");
                }
                candidate = idle.pollLast();
            }
            if (candidate == null) {
                return Optional.empty();
            }
            boolean fresh = System.nanoTime() - candidate.sinceNanos < TRUST_IDLE.toNanos();
            if (fresh || candidate.connection.isValid(TEST_SECONDS)) {
                return Optional.of(candidate.connection);
            }
            closeQuietly(candidate.connection);
        }
    }

    private void giveBack(Connection connection) {
        synchronized (idle) {
            if (!closed) {
                idle.addLast(new Idle(connection, System.nanoTime()));
                return;
            }
        }
        closeQuietly(connection);
    }

    private void closeIdle() {
        while (true) {
            Idle next;
            synchronized (idle) {
                next = idle.poll();
            }
            if (next == null) {
                return;
            }
            closeQuietly(next.connection);
        }
    }

    private Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.putAll(login);
        dialect.addTo(properties);
        if (dialect == Dialect.SQLITE) {
            makeFolder();
        }
        // Turning WAL on takes the whole file for a moment and, unlike a write, does not wait for another process that
        // does the same.
        long deadline =
                System.nanoTime() + Duration.ofMillis(Dialect.BUSY_MILLIS).toNanos();
        while (true) {
            try {
                return opened(properties);
            } catch (SQLException e) {
                if (!dialect.isBusy(e) || System.nanoTime() - deadline > 0) {
                    throw e;
                }
                LockSupport.parkNanos(WAL_RETRY_NANOS);
            }
        }
    }

    private Connection opened(Properties properties) throws SQLException {
        Connection connection = dialect.driver().connect(url, properties);
        try {
            if (dialect == Dialect.POSTGRES) {
                // Waiting for a concurrent writer and then seeing its row is what the compare-and-set statements rely
                // on.
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            }
            Optional<String> sql = dialect.sessionSql();
            if (sql.isPresent()) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(sql.orElseThrow());
                }
            }
            return connection;
        } catch (SQLException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    private void makeFolder() throws SQLException {
        String file = url.substring(dialect.prefix().length())
                .replaceFirst("^file:(//)?", "")
                .replaceFirst("\\?.*$", "");
        Path folder = Path.of(file).toAbsolutePath().getParent();
        try {
            if (folder != null) {
                Files.createDirectories(folder);
            }
        } catch (IOException e) {
            throw new SQLException("the folder of the file cannot be made: " + folder, e);
        }
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // It was given up already; the failure that led here is the one to report.
        }
    }

    private record Idle(Connection connection, long sinceNanos) {}
}
