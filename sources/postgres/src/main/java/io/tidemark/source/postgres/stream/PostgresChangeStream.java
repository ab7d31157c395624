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
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream of a logical slot through {@code pgoutput}: a long backlog by SQL ({@link CatchUp}), then from the server's sender ({@link SlotStream}),
 * and by SQL again when that has fallen behind.
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
    private static final Logger LOG = LoggerFactory.getLogger(PostgresChangeStream.class);
    private static final long PAUSE_NANOS = 200_000;
    private static final long IDLE_PAUSE_NANOS_MAX = 4_000_000;

    /** Transactions may follow each other without a gap; then the caller gets its turn after one of them. */
    private static final long TURN_NANOS = 20_000_000;

    private static final int PAUSES_MAX = 64;

    private final ReplicationRequest request;
    private final CatchUp.Limits limits;
    private final SpilledTransactions spilled;
    private final PgOutputDecoder decoder;
    private final String slot;
    private LogReader reader;
    private long delivered;
    private volatile String deliveredToken;
    private volatile Instant caughtUpAt = Instant.EPOCH;
    private long acknowledged;
    private long idlePause = PAUSE_NANOS;

    /** Since when the sender is read from. */
    private long senderSince = System.nanoTime();

    /** How many of the pauses it is left its turn: more each time that reading by SQL did not get to the end. */
    private int pauses = 1;

    private PostgresChangeStream(
            ReplicationRequest request, CatchUp.Limits limits, LogReader reader, Relations relations, long start) {
        this.request = request;
        this.limits = limits;
        this.reader = reader;
        this.slot = request.slot();
        this.delivered = start;
        this.deliveredToken = new Position(start).toString();
        this.spilled = new SpilledTransactions(request.scratch());
        this.decoder = new PgOutputDecoder(relations, spilled);
        if (start != 0) {
            acknowledged = start;
            reader.acknowledge(start);
        }
    }

    /**
     * Opens the stream. The server goes on at the token or at what was acknowledged last, whichever is later.
     *
     * @throws TidemarkException {@code SOURCE_SLOT_IN_USE} when another stream reads the slot, {@code SOURCE_SLOT_LOST} when it is gone or
     *     invalid, or what connecting ends with
     */
    public static PostgresChangeStream open(ReplicationRequest request) {
        return open(request, CatchUp.Limits.USUAL);
    }

    /** @param limits when reading by SQL begins and ends */
    static PostgresChangeStream open(ReplicationRequest request, CatchUp.Limits limits) {
        Relations relations = new Relations(
                request.tables(),
                request.choices(),
                () -> look(request, PostgresChangeStream::types),
                new Lookup(request));
        long start = request.resumeToken().isPresent()
                ? lsn(request.resumeToken().orElseThrow())
                : look(request, sql -> confirmed(sql, request.slot()));
        LogReader reader = reader(request, limits, start);
        try {
            return new PostgresChangeStream(request, limits, reader, relations, start);
        } catch (TidemarkException e) {
            reader.close();
            throw e;
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
                ByteBuffer message = reader.read();
                if (message != null) {
                    idlePause = PAUSE_NANOS;
                    decoder.decode(
                            message.array(),
                            message.arrayOffset() + message.position(),
                            message.remaining(),
                            reader.place(),
                            sink);
                    if (!decoder.isInTransaction()
                            && isOver(started, deadline, decoder.deliveredEnd() != commitsBefore)) {
                        break;
                    }
                    continue;
                }
                if (reader.hasEnded()) {
                    goOnWithSender();
                    continue;
                }
                if (!decoder.isInTransaction()) {
                    moveTo(reader.reached());
                    if (decoder.deliveredEnd() != commitsBefore || System.nanoTime() - deadline >= 0) {
                        break;
                    }
                }
                reader.requireAlive();
                pause(deadline);
            }
        } catch (SQLException e) {
            throw StreamStart.failed("read changes", slot, e);
        }
        moveTo(decoder.deliveredEnd());
        if (isBehind()) {
            goOnBySql();
        }
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
            reader.acknowledge(position);
        }
    }

    /** Ends the stream without waiting for the server, which may be in the middle of a huge transaction. */
    @Override
    public void close() {
        reader.close();
        spilled.close();
    }

    /** Whether messages that come without a gap have kept the caller from its turn for long enough. */
    private static boolean isOver(long started, long deadline, boolean hasDelivered) {
        long now = System.nanoTime();
        return now - started > TURN_NANOS && (hasDelivered || now - deadline >= 0);
    }

    /** From reading by SQL to the sender, behind the last transaction that was handed on. */
    private void goOnWithSender() {
        if (decoder.isInside()) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_PROTOCOL,
                    "Cannot read changes: a piece of the log ended inside of a transaction (slot=" + slot + ")");
        }
        moveTo(decoder.deliveredEnd());
        boolean isComplete = reader.isComplete();
        reader.close();
        spilled.clear();
        SlotStream sender = SlotStream.open(request, delivered);
        if (isComplete) {
            LOG.info("The backlog has been read, the rest is a stream: slot={} from={}", slot, deliveredToken);
        }
        goOnWith(sender);
        beginTurn(isComplete);
    }

    /** Whether the sender had its turn and so much of the log waits that reading by SQL is worth it. */
    private boolean isBehind() {
        Feedback.LogEnd end = reader.logEnd();
        return end != null
                && end.position() - delivered >= limits.backlogBytes()
                && System.nanoTime() - senderSince >= pauses * limits.pause().toNanos()
                && reader instanceof SlotStream
                && spilled.isEmpty()
                && !decoder.isInside();
    }

    /** From the sender to reading by SQL, if that can be, behind the last transaction that was handed on. */
    private void goOnBySql() {
        reader.close();
        goOnWith(reader(request, limits, delivered));
        if (reader instanceof SlotStream) {
            beginTurn(false);
        }
    }

    /** The sender's turn begins; it is the longer the more often reading by SQL did not get to the end. */
    private void beginTurn(boolean hasReadAll) {
        pauses = hasReadAll ? 1 : Math.min(PAUSES_MAX, pauses * 2);
        senderSince = System.nanoTime();
    }

    /** By SQL where that is worth it and can be, else the sender. */
    private static LogReader reader(ReplicationRequest request, CatchUp.Limits limits, long start) {
        return CatchUp.begin(request, start, limits)
                .<LogReader>map(catchUp -> catchUp)
                .orElseGet(() -> SlotStream.open(request, start));
    }

    private synchronized void goOnWith(LogReader next) {
        reader = next;
        if (acknowledged != 0) {
            next.acknowledge(acknowledged);
        }
    }

    private void pause(long deadline) {
        long left = deadline - System.nanoTime();
        long nanos = decoder.isInTransaction() ? PAUSE_NANOS : Math.min(idlePause, left);
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
        Feedback.LogEnd end = reader.logEnd();
        if (end != null && Long.compareUnsigned(delivered, end.position()) >= 0) {
            caughtUpAt = end.time();
            reader.takeLogEnd();
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
