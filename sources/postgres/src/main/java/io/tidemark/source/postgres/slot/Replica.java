package io.tidemark.source.postgres.slot;

import io.tidemark.source.postgres.connection.Connections;
import io.tidemark.source.postgres.connection.PostgresErrors;
import io.tidemark.source.postgres.connection.ServerIdentity;
import io.tidemark.source.postgres.connection.SqlState;
import io.tidemark.spi.config.Values;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.SourceIdentity;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A standby of the primary on which a cut is being taken. Both have the same log, so a position means the same on either; the standby is waited for
 * until it has replayed what the primary had written when the cut was asked for, so that a cut is no older than one of the primary would be.
 *
 * <p>A slot on a standby cannot find its consistent point by itself: it waits until the log has a record of the running transactions, which only
 * the primary writes (manual, "Logical Decoding Concepts", "Replication slots"; {@code pg_log_standby_snapshot}). The primary is asked for them for as
 * long as this is open.
 */
public final class Replica implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

    /** Since when a standby can have logical slots. */
    static final int MAJOR_MIN = 16;

    private static final long LOOK_MILLIS = 10;
    private static final long ASK_MILLIS = 100;

    /** Without the permission the background writer is waited for, which writes that record every 15 seconds if there is any other new one. */
    private static final long WAKE_MILLIS = 1_000;

    private static final String ASK = "select pg_catalog.pg_log_standby_snapshot()";
    private static final String WAKE = "select pg_catalog.pg_logical_emit_message(false, 'tidemark_wake', '')";

    private final Connection primary;
    private final Connection standby;
    private final SourceIdentity identity;
    private final String description;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread asking;

    private Replica(Connection primary, Connection standby, SourceIdentity identity, String description) {
        this.primary = primary;
        this.standby = standby;
        this.identity = identity;
        this.description = description;
        this.asking = new Thread(this::ask, "tidemark-standby-snapshots");
        this.asking.setDaemon(true);
    }

    /**
     * Waits until the standby has what the primary has now.
     *
     * @param primary the primary, where a connection for replication is held meanwhile
     * @param replica where the standby is
     * @param standby a connection to it that also takes the commands of the replication protocol
     * @throws TidemarkException {@code SOURCE_REPLACED} or {@code SOURCE_VERSION} when it cannot stand in for the primary, {@code TIMEOUT} when it is
     *     too far behind
     */
    public static Replica join(Connections primary, Connections replica, Connection standby, Duration timeout)
            throws SQLException, InterruptedException {
        Connection ofPrimary = primary.openReplication();
        try {
            SourceIdentity identity = ServerIdentity.of(ofPrimary);
            requireUsable(identity, standby, replica.description());
            long written = position(ofPrimary, "pg_catalog.pg_current_wal_insert_lsn()");
            Replica joined = new Replica(ofPrimary, standby, identity, replica.description());
            joined.asking.start();
            try {
                joined.await(written, timeout);
                return joined;
            } catch (SQLException | TidemarkException | InterruptedException e) {
                joined.close();
                throw e;
            }
        } catch (SQLException | TidemarkException | InterruptedException e) {
            Connections.close(ofPrimary);
            throw e;
        }
    }

    /** Refuses a server that is no standby of the primary, or cannot have logical slots. */
    static void requireUsable(SourceIdentity primary, Connection standby, String description) throws SQLException {
        SourceIdentity found = ServerIdentity.of(standby);
        if (!primary.isSameDatabase(found)) {
            throw unusable(description, "it is no standby of the source, but another database");
        }
        if (found.timeline() != 0) {
            throw unusable(description, "it is no standby (any more)");
        }
        int major = standby.getMetaData().getDatabaseMajorVersion();
        if (major < MAJOR_MIN) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_VERSION,
                    "Cannot read from replica " + description + ": standbys have logical slots since PostgreSQL "
                            + MAJOR_MIN + ", this is " + major,
                    "Take source.replica-url out, or upgrade.",
                    null);
        }
    }

    private static TidemarkException unusable(String description, String reason) {
        return new TidemarkException(
                ErrorCode.SOURCE_REPLACED,
                "Cannot read from replica " + description + ": " + reason,
                "Name a standby of the source in source.replica-url, or take the setting out.",
                null);
    }

    /** To be called when the cut is taken: what it was taken from must have been the standby of this primary all along. */
    public void requireUnchanged() throws SQLException {
        requireUsable(identity, standby, description);
        long timeline = timeline();
        if (timeline != identity.timeline()) {
            throw unusable(
                    description,
                    "it follows another timeline (primary=" + identity.timeline() + ", replica=" + timeline + ")");
        }
    }

    /** How many bytes of the primary's log a standby has not replayed. */
    static long behind(Connection primary, Connection standby) throws SQLException {
        return Math.max(
                0,
                position(primary, "pg_catalog.pg_current_wal_lsn()")
                        - position(standby, "pg_catalog.pg_last_wal_replay_lsn()"));
    }

    private void await(long written, Duration timeout) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            long replayed = position(standby, "pg_catalog.pg_last_wal_replay_lsn()");
            long timeline = timeline();
            if (timeline == identity.timeline() && replayed >= written) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new TidemarkException(
                        ErrorCode.TIMEOUT,
                        "Cannot read from replica " + description + ": it did not come up to the primary within "
                                + Values.written(timeout) + " (behind=" + Math.max(0, written - replayed)
                                + " bytes, timeline=" + timeline + ", primary's=" + identity.timeline() + ")",
                        "See pg_stat_wal_receiver on the replica; take source.replica-url out to read from the primary meanwhile.",
                        null);
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** The timeline that the standby replays. */
    private long timeline() throws SQLException {
        try (Statement statement = standby.createStatement();
                ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
            row.next();
            return row.getLong("timeline");
        }
    }

    private static long position(Connection connection, String function) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select " + function + "::text")) {
            row.next();
            return ReplicationSlot.position(row.getString(1)).value();
        }
    }

    private void ask() {
        try (Statement statement = primary.createStatement()) {
            boolean mayAsk = true;
            do {
                try {
                    statement.execute(mayAsk ? ASK : WAKE);
                } catch (SQLException e) {
                    if (!mayAsk || !SqlState.of(e).equals(SqlState.NO_PRIVILEGE)) {
                        throw e;
                    }
                    mayAsk = false;
                }
            } while (!closed.await(mayAsk ? ASK_MILLIS : WAKE_MILLIS, TimeUnit.MILLISECONDS));
        } catch (SQLException e) {
            // Whoever waits for the standby gives up in time, and says so.
            LOG.warn("Primary not asked for its running transactions any more: reason={}", PostgresErrors.primary(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        boolean isInterrupted = false;
        while (asking.isAlive()) {
            try {
                asking.join();
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        Connections.close(primary);
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
