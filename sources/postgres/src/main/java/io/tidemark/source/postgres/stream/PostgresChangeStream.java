package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.catalog.TableHistory;
import io.tidemark.source.postgres.connection.Connections;
import io.tidemark.source.postgres.connection.PostgresErrors;
import io.tidemark.source.postgres.slot.ReplicationSlot;
import io.tidemark.source.postgres.type.PgType;
import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.source.postgres.verify.InitialValue;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.ChangeSink;
import io.tidemark.spi.source.ChangeStream;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * The stream of a logical slot through {@code pgoutput}, over the driver's replication stream.
 *
 * <p><b>Reading.</b> When the socket has run empty, reading pauses for a fifth of a millisecond before it takes what has arrived since: the
 * server then sends many changes at once instead of waking up for each. While nothing comes, pauses grow to some milliseconds.
 *
 * <p><b>What may be acknowledged.</b> {@link #deliveredToken} is the end of the newest commit record handed on, or later the newest position that
 * the driver has received, taken when nothing waits to be read and no transaction is half handed on. That position is either what a keepalive
 * says, which is how far the server has decoded, or the place of a message. The server decodes the log in order, and sends a transaction when it
 * decodes its commit record; so when it says or sends anything about a place, everything that committed before that place has been sent before, on
 * the same connection, and has been handed on. What starts again from there gets each transaction whose commit record starts there or later.
 * Transactions in progress do not hold the token back: the slot keeps their log from their first record, and the server streams them again from
 * their beginning.
 *
 * <p><b>Liveness.</b> A thread of its own tells the server the acknowledged position twice a second and right after {@link #acknowledge}, also
 * while {@link #poll} replays a huge transaction and while the caller does something else. The caller may therefore pause as long as it likes;
 * the server keeps its log meanwhile.
 */
public final class PostgresChangeStream implements ChangeStream {
    private static final long FILL_PAUSE_NANOS = 200_000;
    private static final long IDLE_PAUSE_NANOS_MAX = 4_000_000;

    /** A read that took this long has waited for the socket. */
    private static final long WAITED_NANOS = 15_000;

    /** A connection on which nothing has come for so long, and whose server end does not hear of us either, is dead. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(30);

    /** Transactions may follow each other without a gap; then the caller gets its turn after one of them. */
    private static final long TURN_NANOS = 20_000_000;

    private final Connection connection;
    private final PGReplicationStream stream;
    private final SpilledTransactions spilled;
    private final PgOutputDecoder decoder;
    private final Feedback feedback;
    private final String slot;
    private long delivered;
    private volatile String deliveredToken;
    private volatile Instant caughtUpAt = Instant.EPOCH;
    private long acknowledged;
    private long idlePause = FILL_PAUSE_NANOS;
    private boolean socketWasEmpty = true;

    private PostgresChangeStream(
            ReplicationRequest request,
            Connection connection,
            PGReplicationStream stream,
            Relations relations,
            @Nullable Connection sql,
            long start) {
        this.connection = connection;
        this.stream = stream;
        this.slot = request.slot();
        this.delivered = start;
        this.deliveredToken = new Position(start).toString();
        this.spilled = new SpilledTransactions(request.scratch());
        this.decoder = new PgOutputDecoder(relations, spilled);
        this.feedback = new Feedback(stream, pid(connection), request.connections(), sql, request.clock(), slot);
        if (start != 0) {
            acknowledged = start;
            feedback.acknowledge(start);
        }
    }

    /**
     * Opens the stream. The server goes on at the token or at what was acknowledged last, whichever is later.
     *
     * @throws TidemarkException {@code SOURCE_SLOT_IN_USE} when another stream reads the slot, {@code SOURCE_SLOT_LOST} when it is gone or
     *     invalid, or what connecting ends with
     */
    public static PostgresChangeStream open(ReplicationRequest request) {
        Connection sql = request.connections().open();
        Connection connection = null;
        try {
            Relations relations = new Relations(
                    request.tables(),
                    request.choices(),
                    () -> look(request, PostgresChangeStream::types),
                    new Lookup(request));
            connection = request.connections().openReplication();
            long start = request.resumeToken().isPresent()
                    ? lsn(request.resumeToken().orElseThrow())
                    : confirmed(sql, request.slot());
            PGReplicationStream stream = StreamStart.start(connection, request, start);
            PostgresChangeStream opened = new PostgresChangeStream(request, connection, stream, relations, sql, start);
            sql = null;
            connection = null;
            return opened;
        } finally {
            Connections.close(connection);
            Connections.close(sql);
        }
    }

    @Override
    public long poll(ChangeSink sink, Duration wait) {
        long before = decoder.events();
        long commitsBefore = decoder.deliveredEnd();
        long started = System.nanoTime();
        long deadline = started + wait.toNanos();
        try {
            while (true) {
                ByteBuffer message = readCoalesced();
                if (message != null) {
                    decoder.decode(
                            message.array(),
                            message.arrayOffset() + message.position(),
                            message.remaining(),
                            stream.getLastReceiveLSN().asLong(),
                            sink);
                    if (!decoder.isInTransaction()
                            && isOver(started, deadline, decoder.deliveredEnd() != commitsBefore)) {
                        break;
                    }
                    continue;
                }
                if (!decoder.isInTransaction()) {
                    moveTo(stream.getLastReceiveLSN().asLong());
                    if (decoder.deliveredEnd() != commitsBefore || System.nanoTime() - deadline >= 0) {
                        break;
                    }
                }
                requireAlive();
                pause(deadline);
            }
        } catch (SQLException e) {
            throw StreamStart.failed("read changes", slot, e);
        }
        moveTo(decoder.deliveredEnd());
        return decoder.events() - before;
    }

    @Override
    public String deliveredToken() {
        return deliveredToken;
    }

    @Override
    public Instant caughtUpAt() {
        return caughtUpAt;
    }

    @Override
    public synchronized void acknowledge(String resumeToken) {
        long position = lsn(resumeToken);
        if (Long.compareUnsigned(position, lsn(deliveredToken)) > 0) {
            throw new TidemarkException(
                    ErrorCode.INTERNAL,
                    "Cannot acknowledge changes: they have not been delivered (acknowledged=" + resumeToken
                            + ", delivered=" + deliveredToken + ", slot=" + slot + ")");
        }
        if (Long.compareUnsigned(position, acknowledged) > 0) {
            acknowledged = position;
            feedback.acknowledge(position);
        }
    }

    /** Ends the stream without waiting for the server, which may be in the middle of a huge transaction. */
    @Override
    public void close() {
        feedback.close();
        Connections.close(connection);
        spilled.close();
    }

    /** Whether messages that come without a gap have kept the caller from its turn for long enough. */
    private static boolean isOver(long started, long deadline, boolean hasDelivered) {
        long now = System.nanoTime();
        return now - started > TURN_NANOS && (hasDelivered || now - deadline >= 0);
    }

    private @Nullable ByteBuffer readCoalesced() throws SQLException {
        if (socketWasEmpty) {
            socketWasEmpty = false;
            LockSupport.parkNanos(this, FILL_PAUSE_NANOS);
        }
        long before = System.nanoTime();
        ByteBuffer message = stream.readPending();
        if (message == null) {
            return null;
        }
        feedback.alive();
        idlePause = FILL_PAUSE_NANOS;
        socketWasEmpty = System.nanoTime() - before > WAITED_NANOS;
        return message;
    }

    private void requireAlive() {
        if (feedback.silence().compareTo(SILENCE_MAX) > 0) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_CONNECTION_LOST,
                    "Cannot read changes: the connection is dead, nothing has come through it for "
                            + SILENCE_MAX.toSeconds() + " s (slot=" + slot + ")");
        }
    }

    private static int pid(Connection connection) {
        try {
            return connection.unwrap(PGConnection.class).getBackendPID();
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot tell the server process of a connection", e);
        }
    }

    private void pause(long deadline) {
        long left = deadline - System.nanoTime();
        long nanos = decoder.isInTransaction() ? FILL_PAUSE_NANOS : Math.min(idlePause, left);
        if (nanos > 0) {
            LockSupport.parkNanos(this, nanos);
        }
        idlePause = Math.min(idlePause * 2, IDLE_PAUSE_NANOS_MAX);
        if (Thread.currentThread().isInterrupted()) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_CONNECTION_LOST,
                    "Cannot read changes: the thread was interrupted (slot=" + slot + ")");
        }
    }

    private void moveTo(long position) {
        if (Long.compareUnsigned(position, delivered) > 0) {
            delivered = position;
            deliveredToken = new Position(position).toString();
        }
        Feedback.LogEnd end = feedback.logEnd();
        if (end != null && Long.compareUnsigned(delivered, end.position()) >= 0) {
            caughtUpAt = end.time();
            feedback.takeLogEnd();
        }
    }

    private record Lookup(ReplicationRequest request) implements Relations.CatalogLookup {
        @Override
        public TableHistory history(int oid) {
            return look(request, catalog -> TableHistory.load(catalog, oid));
        }

        @Override
        public Map<Integer, Integer> greatestNumbers() {
            return look(request, TableHistory::greatestNumbers);
        }

        @Override
        public Optional<String> initialValue(int oid, int number, PgType type) {
            return look(request, catalog -> InitialValue.load(catalog, oid, number, type));
        }
    }

    /** Asks the catalog, on a connection of its own because it is rare. */
    private static <T> T look(ReplicationRequest request, Function<Connection, T> question) {
        Connection catalog = request.connections().open();
        try {
            return question.apply(catalog);
        } finally {
            Connections.close(catalog);
        }
    }

    /** Where a slot begins that nobody has read from: what is delivered before anything arrives must be a place to go on at. */
    private static long confirmed(Connection sql, String slot) {
        try {
            return ReplicationSlot.find(sql, slot)
                    .map(found -> found.confirmed().value())
                    .orElse(0L);
        } catch (SQLException e) {
            throw PostgresErrors.running("look up replication slot " + slot, e);
        }
    }

    private static TypeCatalog types(Connection sql) {
        try {
            return TypeCatalog.load(sql);
        } catch (SQLException e) {
            throw PostgresErrors.running("read types", e);
        }
    }

    private static long lsn(String token) {
        LogSequenceNumber lsn = LogSequenceNumber.valueOf(token);
        if (lsn.equals(LogSequenceNumber.INVALID_LSN) && !token.equals("0/0")) {
            throw new TidemarkException(
                    ErrorCode.INTERNAL, "Cannot use resume token: it is no LSN (token=" + token + ")");
        }
        return lsn.asLong();
    }
}
