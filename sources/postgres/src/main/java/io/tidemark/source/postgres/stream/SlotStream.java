package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.connection.Connections;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

/**
 * Reads from the server's sender, over the driver's replication stream. When the socket has run empty, reading pauses for a fifth of a millisecond
 * before it takes what has arrived since: the server then sends many changes at once instead of waking up for each.
 */
final class SlotStream implements LogReader {
    private static final long FILL_PAUSE_NANOS = 200_000;

    /** A read that took this long has waited for the socket. */
    private static final long WAITED_NANOS = 15_000;

    private final Connection connection;
    private final PGReplicationStream stream;
    private final Feedback feedback;
    private final String slot;
    private boolean socketWasEmpty = true;

    private SlotStream(ReplicationRequest request, Connection connection, PGReplicationStream stream) {
        this.connection = connection;
        this.stream = stream;
        this.slot = request.slot();
        this.feedback = new Feedback(stream, pid(connection), request.connections(), request.clock(), slot);
    }

    /** Starts the server's sender. */
    static SlotStream open(ReplicationRequest request, long start) {
        Connection connection = request.connections().openReplication();
        try {
            SlotStream opened = new SlotStream(request, connection, StreamStart.start(connection, request, start));
            connection = null;
            return opened;
        } finally {
            Connections.close(connection);
        }
    }

    @Override
    public @Nullable ByteBuffer read() throws SQLException {
        if (socketWasEmpty) {
            socketWasEmpty = false;
            LockSupport.parkNanos(this, FILL_PAUSE_NANOS);
        }
        long before = System.nanoTime();
        ByteBuffer message = stream.readPending();
        if (message != null) {
            long now = System.nanoTime();
            feedback.alive(now);
            socketWasEmpty = now - before > WAITED_NANOS;
        }
        return message;
    }

    @Override
    public long place() {
        return stream.getLastReceiveLSN().asLong();
    }

    @Override
    public long reached() {
        return stream.getLastReceiveLSN().asLong();
    }

    @Override
    public boolean hasEnded() {
        return false;
    }

    @Override
    public boolean isComplete() {
        return false;
    }

    @Override
    public Feedback.@Nullable LogEnd logEnd() {
        return feedback.logEnd();
    }

    @Override
    public void takeLogEnd() {
        feedback.takeLogEnd();
    }

    @Override
    public void acknowledge(long position) {
        feedback.acknowledge(position);
    }

    @Override
    public void requireAlive() {
        if (feedback.silence().compareTo(StreamStart.SILENCE_MAX) > 0) {
            throw StreamStart.dead(slot);
        }
    }

    /** Does not wait for the server, which may be in the middle of a huge transaction. */
    @Override
    public void close() {
        feedback.close();
        Connections.close(connection);
    }

    private static int pid(Connection connection) {
        try {
            return connection.unwrap(PGConnection.class).getBackendPID();
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot tell the server process of a connection", e);
        }
    }
}
