package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.connection.Connections;
import io.tidemark.spi.error.TidemarkException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread beside the polling one that tells the server regularly what has been acknowledged, so that {@code wal_sender_timeout} never strikes,
 * however long the caller is busy; and that asks now and then where the log ends. The driver guards its connection with a lock.
 *
 * <p>When this fails, the connection is usually gone and the polling thread finds out itself; so failures are only logged.
 */
final class Feedback implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Feedback.class);
    private static final long INTERVAL_NANOS = 500_000_000L;
    private static final int QUERY_TIMEOUT_SECONDS = 5;
    private static final long JOIN_MILLIS = 10_000;
    private static final long LIFE_INTERVAL_NANOS = 5_000_000_000L;
    private static final int ANSWER_MILLIS = 10_000;

    /**
     * What the server's end heard of us last, which is no time of any clock that we know; and whether it is busy: with decoding, during which it may
     * not listen. While it waits, for log, for the socket or for standbys, it listens.
     */
    private static final String HEARD = """
            select coalesce(r.reply_time::text, ''),
                   coalesce(lower(a.wait_event), '') not in ('walsendermain', 'walsenderwaitforwal', 'walsenderwritedata', 'waitforstandbyconfirmation')
              from pg_catalog.pg_stat_replication r join pg_catalog.pg_stat_activity a on a.pid = r.pid where r.pid = ?
            """;

    private final PGReplicationStream stream;
    private final Connections connections;
    private final Clock clock;
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean wanted;
    private volatile @Nullable LogEnd logEnd;
    private volatile long aliveAt = System.nanoTime();
    private final int senderPid;
    private String lastHeard = "";
    private @Nullable Connection sql;

    /**
     * Where the log ended at a time.
     *
     * @param position end of what was flushed; the server sends nothing else, so an asynchronous commit counts from its flush on
     * @param time a time before that was asked
     */
    record LogEnd(long position, Instant time) {}

    Feedback(PGReplicationStream stream, int senderPid, Connections connections, Clock clock, String slot) {
        this.stream = stream;
        this.senderPid = senderPid;
        this.connections = connections;
        this.clock = clock;
        this.thread = new Thread(this::run, "tidemark-feedback-" + slot);
        thread.setDaemon(true);
        thread.start();
    }

    /** The log's end when it was last asked for, until {@link #takeLogEnd} was called; null before the first answer. */
    @Nullable
    LogEnd logEnd() {
        return logEnd;
    }

    /**
     * The connection has shown life: something came.
     *
     * @param now what {@link System#nanoTime} says
     */
    void alive(long now) {
        aliveAt = now;
    }

    /** For how long nothing came, and the server did not say either that it hears of us. */
    Duration silence() {
        return Duration.ofNanos(System.nanoTime() - aliveAt);
    }

    /** Says that the end was reached, so that the next one is asked for. */
    void takeLogEnd() {
        logEnd = null;
    }

    /** Tells the server soon. The position must have been delivered whole and be durable. */
    void acknowledge(long position) {
        LogSequenceNumber lsn = LogSequenceNumber.valueOf(position);
        stream.setFlushedLSN(lsn);
        stream.setAppliedLSN(lsn);
        wanted = true;
        LockSupport.unpark(thread);
    }

    /** Tells the server a last time and ends the thread. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long next = System.nanoTime();
        while (!closed) {
            long now = System.nanoTime();
            if (now - next < 0 && !wanted) {
                LockSupport.parkNanos(this, next - now);
                continue;
            }
            wanted = false;
            tell();
            if (now - next >= 0) {
                next = now + INTERVAL_NANOS;
                askLogEnd();
                askLife();
            }
        }
        tell();
        Connections.close(sql);
    }

    /** An idle stream and one whose connection is dead look the same from here; another connection tells them apart. */
    private void askLife() {
        if (System.nanoTime() - aliveAt < LIFE_INTERVAL_NANOS) {
            return;
        }
        try {
            Connection asked = opened();
            try (PreparedStatement statement = asked.prepareStatement(HEARD)) {
                statement.setQueryTimeout(QUERY_TIMEOUT_SECONDS);
                statement.setInt(1, senderPid);
                try (ResultSet row = statement.executeQuery()) {
                    if (row.next()) {
                        String heard = row.getString(1);
                        if (row.getBoolean(2) || !heard.equals(lastHeard)) {
                            alive(System.nanoTime());
                        }
                        lastHeard = heard;
                    }
                }
            }
        } catch (SQLException | TidemarkException e) {
            LOG.debug("Whether the stream lives was not told", e);
            Connections.close(sql);
            sql = null;
        }
    }

    /** Its answers come at once or never. */
    private Connection opened() throws SQLException {
        Connection connection = sql;
        if (connection == null) {
            connection = connections.open();
            sql = connection;
        }
        connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
        return connection;
    }

    private void tell() {
        try {
            stream.forceUpdateStatus();
        } catch (SQLException e) {
            LOG.debug("Status was not sent", e);
        }
    }

    private void askLogEnd() {
        if (logEnd != null) {
            return;
        }
        try {
            Connection asked = opened();
            Instant before = clock.instant();
            try (Statement statement = asked.createStatement()) {
                statement.setQueryTimeout(QUERY_TIMEOUT_SECONDS);
                try (ResultSet row = statement.executeQuery("select pg_catalog.pg_current_wal_flush_lsn()::text")) {
                    row.next();
                    logEnd = new LogEnd(
                            LogSequenceNumber.valueOf(row.getString(1)).asLong(), before);
                }
            }
        } catch (SQLException | TidemarkException e) {
            LOG.debug("End of the log was not told", e);
            Connections.close(sql);
            sql = null;
        }
    }
}
