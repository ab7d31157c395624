package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.connection.Connections;
import io.tidemark.spi.error.TidemarkException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
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

    private final PGReplicationStream stream;
    private final Connections connections;
    private final Clock clock;
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean wanted;
    private volatile @Nullable LogEnd logEnd;
    private @Nullable Connection sql;

    /**
     * Where the log ended at a time.
     *
     * @param position end of what was flushed; the server sends nothing else, so an asynchronous commit counts from its flush on
     * @param time a time before that was asked
     */
    record LogEnd(long position, Instant time) {}

    Feedback(PGReplicationStream stream, Connections connections, @Nullable Connection sql, Clock clock, String slot) {
        this.stream = stream;
        this.connections = connections;
        this.sql = sql;
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
            }
        }
        tell();
        Connections.close(sql);
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
            if (sql == null) {
                sql = connections.open();
            }
            Instant before = clock.instant();
            try (Statement statement = sql.createStatement()) {
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
