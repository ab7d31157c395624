package io.tidemark.source.postgres.view;

import io.tidemark.source.postgres.connection.Connections;
import io.tidemark.source.postgres.connection.PostgresErrors;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection inside a read-only transaction that sees an imported snapshot. One thread at a time. */
final class ViewSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ViewSession.class);

    /**
     * Single-process plans, so that a reader takes no more of the server than one process; ranges of blocks are always read in block order. A
     * table that someone has locked is waited for, but not for ever.
     */
    private static final String SETTINGS = """
            SET max_parallel_workers_per_gather = 0;
            SET jit = off;
            SET synchronize_seqscans = off;
            SET lock_timeout = '60s'
            """;

    private static final String END = "ROLLBACK TO SAVEPOINT reading; RELEASE SAVEPOINT reading";

    private final Connection connection;

    private ViewSession(Connection connection) {
        this.connection = connection;
    }

    /** Opens a session that sees the exported snapshot. */
    static ViewSession open(Connections connections, String snapshot) {
        Connection connection = connections.openReading();
        try (Statement statement = connection.createStatement()) {
            statement.execute(SETTINGS);
            statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            statement.execute("SET TRANSACTION SNAPSHOT '" + snapshot.replace("'", "''") + "'");
            return new ViewSession(connection);
        } catch (SQLException e) {
            Connections.close(connection);
            throw PostgresErrors.running("import snapshot", e);
        }
    }

    /** Exports the snapshot again; valid as long as this session's transaction lasts. */
    String export() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_catalog.pg_export_snapshot()")) {
            row.next();
            return row.getString(1);
        }
    }

    /**
     * Does some reading, and then gives back the locks that it took and heals the transaction if a statement of it failed: rolling a savepoint
     * back does both and keeps the snapshot.
     */
    <T> T run(ViewWork<T> work) throws SQLException {
        execute("SAVEPOINT reading");
        T result;
        boolean isDone = false;
        try {
            result = work.run(connection);
            isDone = true;
        } finally {
            if (!isDone) {
                heal();
            }
        }
        execute(END);
        return result;
    }

    private void heal() {
        try {
            execute(END);
        } catch (SQLException e) {
            // A transaction that cannot be healed is of no more use; the work's own error tells why.
            LOG.debug("Snapshot session given up", e);
            Connections.close(connection);
        }
    }

    /** Whether the session can be used again. */
    boolean isAlive() {
        try {
            if (connection.isClosed()) {
                return false;
            }
            execute("SELECT 1");
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    /** Ends the session whatever it is doing. */
    void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("Snapshot session was not aborted properly", e);
        }
    }

    @Override
    public void close() {
        Connections.close(connection);
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
