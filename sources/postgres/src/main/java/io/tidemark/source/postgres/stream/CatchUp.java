package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.connection.Connections;
import io.tidemark.source.postgres.connection.PostgresErrors;
import io.tidemark.source.postgres.connection.SqlState;
import io.tidemark.source.postgres.slot.ReplicationSlot;
import io.tidemark.source.postgres.type.BigEndian;
import io.tidemark.source.postgres.type.CopyBinaryReader;
import io.tidemark.source.postgres.view.CopyRows;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a long backlog of a slot by SQL, several times as fast as the server's sender sends it: the sender makes system calls for each message, a
 * function makes none (manual, "Replication Management Functions", {@code pg_logical_slot_get_binary_changes}).
 *
 * <p><b>Safety.</b> What is read comes from a temporary copy of the slot, which begins at the start token and is gone with the connection. The slot itself
 * is advanced over what was acknowledged, and nothing else; so the server keeps the log of all the rest. Both decode the same log in the same order,
 * and the sender goes on behind the last transaction that was read here.
 *
 * <p><b>Pieces.</b> The server keeps the result of a call, in files when it is large, before it sends it; so a call asks for a piece of the
 * log, which ends between transactions, or behind a part of one that is so large that it comes in parts. A call begins to read at the place from which
 * the slot needs the log, which the oldest open transaction holds back; so when a piece ends in a large transaction, when pieces come to take much longer
 * than the first ones did, when one does not come at all, and when the server refuses one, this ends and the sender takes over.
 *
 * <p><b>End.</b> The sender too begins at that place, and goes through the log slowly. The place follows what is acknowledged only at records of the
 * running transactions, which the server writes every 15 seconds; so at the end of the log, when the place is far behind, the server is made to
 * write one, and small pieces are read until it is acknowledged.
 */
final class CatchUp implements LogReader {
    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

    private static final int FIRST_PIECE_MESSAGES = 200_000;
    private static final int PIECE_MESSAGES_MIN = 10_000;
    private static final int PIECE_MESSAGES_MAX = 1_000_000;
    private static final long PIECE_BYTES = 128L << 20;

    /** Pieces that take so many times as long for each change as the fastest one are read by reading most of the log again. */
    private static final int TIMES_AS_LONG = 4;

    /** Count of fields, length of the first, the position, length of the second. */
    private static final int ROW_HEAD_BYTES = Short.BYTES + Integer.BYTES + Long.BYTES + Integer.BYTES;

    private static final long ADVANCE_MILLIS = 10_000;
    private static final long LOOK_MILLIS = 100;

    /** Capture that finds nothing acknowledges every 30 seconds. */
    private static final Duration CLOSING_PATIENCE = Duration.ofSeconds(45);

    private static final long JOIN_MILLIS = 10_000;

    /** The copy has the name of nobody else's slot. */
    private static final String COPY_SLOT =
            "select slot_name from pg_catalog.pg_copy_logical_replication_slot(?, 'tidemark_catch_up_' || pg_catalog.pg_backend_pid(), true)";

    /** The sender waits for standbys that have to be ahead of a slot; a temporary slot cannot be one of those. */
    private static final String IS_BEHIND = """
            select pg_catalog.pg_current_wal_flush_lsn() - greatest(confirmed_flush_lsn, ?::pg_catalog.pg_lsn) >= ?
                   and coalesce(pg_catalog.current_setting('synchronized_standby_slots', true), '') = '',
                   active_pid is null
              from pg_catalog.pg_replication_slots where slot_name = ?
            """;

    private static final String IS_FAR = """
            select pg_catalog.pg_current_wal_flush_lsn() - restart_lsn >= ? from pg_catalog.pg_replication_slots where slot_name = ?
            """;

    /** Making a logical slot writes a record of the running transactions before it waits for them to end (source, {@code ReplicationSlotReserveWal}). */
    private static final String MAKE_SLOT =
            "select slot_name from pg_catalog.pg_create_logical_replication_slot('tidemark_running_' || pg_catalog.pg_backend_pid(), 'pgoutput', true)";

    private static final int MAKE_SLOT_SECONDS = 1;

    private static final String ADVANCE = """
            select pg_catalog.pg_replication_slot_advance(slot_name, ?::pg_catalog.pg_lsn)
              from pg_catalog.pg_replication_slots where slot_name = ? and confirmed_flush_lsn < ?::pg_catalog.pg_lsn
            """;

    /**
     * When it begins and when it ends.
     *
     * @param backlogBytes how much log has to be waiting: so much that the sender would need some seconds for it
     * @param patience how long the server may decode a piece, so that it does not keep much for nothing
     * @param pause how long the sender has its turn before it is asked whether it is behind
     */
    record Limits(long backlogBytes, Duration patience, Duration pause) {
        static final Limits USUAL = new Limits(64L << 20, Duration.ofSeconds(10), Duration.ofSeconds(60));
    }

    private final String slot;
    private final String copiedSlot;
    private final Limits limits;
    private final Clock clock;
    private final Connection rows;
    private final Connection steering;
    private final String copy;
    private final Thread reading;
    private final Thread advancing;

    private final MessageBlocks messages = new MessageBlocks();
    private volatile boolean isCancelled;
    private volatile boolean isWaiting;
    private volatile boolean isDone;
    private volatile boolean isComplete;
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;
    private volatile long aliveAt = System.nanoTime();
    private volatile long acknowledged;

    /** Before this place all is read when nothing waits. */
    private volatile long read;

    private volatile Feedback.@Nullable LogEnd logEnd;

    /** Large transactions of which a part has come, and not their end. */
    private final Set<Integer> inParts = new HashSet<>();

    private long advanced;

    private CatchUp(
            ReplicationRequest request, Connection rows, Connection steering, String copiedSlot, Limits limits) {
        this.slot = request.slot();
        this.copiedSlot = copiedSlot;
        this.limits = limits;
        this.clock = request.clock();
        this.rows = rows;
        this.steering = steering;
        this.copy = "COPY (SELECT lsn, data FROM pg_catalog.pg_logical_slot_get_binary_changes('" + copiedSlot + "'"
                + ", NULL, %d, " + options(request) + ")) TO STDOUT (FORMAT binary)";
        this.reading = new Thread(this::readBacklog, "tidemark-catch-up-" + slot);
        this.advancing = new Thread(this::advanceNowAndThen, "tidemark-catch-up-feedback-" + slot);
        reading.setDaemon(true);
        advancing.setDaemon(true);
        reading.start();
        advancing.start();
    }

    /**
     * Begins when the log behind a position is long enough, nobody reads the slot, no standby has to be ahead of it, and the server can have a slot more.
     *
     * @param start where the changes begin that are wanted, or the slot's own position when that is later
     * @param limits how long the log has to be, and how long a piece may take
     */
    static Optional<CatchUp> begin(ReplicationRequest request, long start, Limits limits) {
        Connection rows = request.connections().openReading();
        Connection steering = null;
        try {
            if (!isBehind(rows, request.slot(), start, limits.backlogBytes())) {
                return Optional.empty();
            }
            String copy = copy(rows, request.slot());
            advance(rows, copy, start);
            steering = request.connections().open();
            CatchUp begun = new CatchUp(request, rows, steering, copy, limits);
            LOG.info("The backlog is read by SQL: slot={} from={}", request.slot(), new Position(start));
            rows = null;
            steering = null;
            return Optional.of(begun);
        } catch (SQLException e) {
            LOG.info(
                    "The backlog is read as a stream, because by SQL it cannot be: slot={} reason={}",
                    request.slot(),
                    PostgresErrors.primary(e));
            return Optional.empty();
        } finally {
            Connections.close(rows);
            Connections.close(steering);
        }
    }

    @Override
    public @Nullable ByteBuffer read() throws SQLException {
        ByteBuffer message = messages.take();
        if (message == null && failure != null && messages.isEmpty()) {
            throw failed(failure);
        }
        return message;
    }

    @Override
    public long place() {
        return messages.place();
    }

    @Override
    public long reached() {
        long end = read;
        return messages.isEmpty() ? end : 0;
    }

    @Override
    public boolean hasEnded() {
        // A server that does not hear of the cancelling yet is not waited for: nothing of its piece has come.
        boolean ends = isDone || (isCancelled && isWaiting);
        return ends && messages.isEmpty();
    }

    @Override
    public boolean isComplete() {
        return isComplete;
    }

    @Override
    public Feedback.@Nullable LogEnd logEnd() {
        return logEnd;
    }

    @Override
    public void takeLogEnd() {
        logEnd = null;
    }

    @Override
    public void acknowledge(long position) {
        acknowledged = position;
    }

    @Override
    public void requireAlive() {
        Duration silence = Duration.ofNanos(System.nanoTime() - aliveAt);
        if (isWaiting && !isCancelled && silence.compareTo(limits.patience()) > 0) {
            isCancelled = true;
            LOG.info("The backlog is read as a stream from here on, because by SQL it takes too long: slot={}", slot);
            cancel();
        } else if (silence.compareTo(StreamStart.SILENCE_MAX) > 0) {
            throw StreamStart.dead(slot);
        }
    }

    /**
     * When all was read that is read here, tells the server what was acknowledged, so that the sender that takes over need not read the log of it
     * again.
     */
    @Override
    public void close() {
        stop();
        if (isDone) {
            advanceSlot();
        }
        Connections.close(steering);
    }

    private void stop() {
        closed = true;
        messages.close();
        if (isWaiting) {
            cancel();
        }
        try {
            rows.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("Connection was not closed properly", e);
        }
        advancing.interrupt();
        boolean isInterrupted = false;
        for (Thread thread : List.of(reading, advancing)) {
            try {
                thread.join(JOIN_MILLIS);
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the piece that the server is making. */
    private void cancel() {
        try {
            rows.unwrap(PGConnection.class).cancelQuery();
        } catch (SQLException e) {
            LOG.debug("A piece was not cancelled", e);
        }
    }

    private static SQLException failed(Throwable failure) {
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        return (SQLException) failure;
    }

    private void readBacklog() {
        try {
            if (readPieces()) {
                closeIn();
                isComplete = true;
            }
            isDone = !closed;
        } catch (SQLException | RuntimeException | Error e) {
            failure = e;
        }
    }

    /** Reads pieces; true when the end of the log has been reached. */
    private boolean readPieces() throws SQLException {
        int wanted = FIRST_PIECE_MESSAGES;
        double fastest = Double.MAX_VALUE;
        while (!closed) {
            Piece piece = new Piece();
            if (!readPiece(piece, wanted)) {
                return false;
            }
            if (piece.count < wanted) {
                return true;
            }
            if (isCancelled) {
                return false;
            }
            double each = (double) piece.waitedNanos / piece.count;
            fastest = Math.min(fastest, each);
            if (each > fastest * TIMES_AS_LONG) {
                LOG.info(
                        "The rest of the backlog is read as a stream, because by SQL it takes ever longer: slot={}",
                        slot);
                return false;
            }
            wanted = (int)
                    Math.max(PIECE_MESSAGES_MIN, Math.min(PIECE_MESSAGES_MAX, PIECE_BYTES * piece.count / piece.bytes));
        }
        return false;
    }

    /** Lets the place from which the slot needs the log come near, with which the sender will begin. */
    private void closeIn() throws SQLException {
        advanceSlot();
        if (!isFar()) {
            return;
        }
        long record = writeRunningTransactions();
        long deadline = System.nanoTime() + CLOSING_PATIENCE.toNanos();
        while (!closed && Long.compareUnsigned(acknowledged, record) < 0 && System.nanoTime() - deadline < 0) {
            if (!readPiece(new Piece(), PIECE_MESSAGES_MAX)) {
                return;
            }
            LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
        }
    }

    private boolean isFar() throws SQLException {
        synchronized (steering) {
            try (PreparedStatement statement = steering.prepareStatement(IS_FAR)) {
                statement.setLong(1, limits.backlogBytes());
                statement.setString(2, slot);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() && row.getBoolean(1);
                }
            }
        }
    }

    /** Returns a place behind the record; 0 when it was not written. */
    private long writeRunningTransactions() throws SQLException {
        synchronized (steering) {
            try (Statement statement = steering.createStatement()) {
                statement.setQueryTimeout(MAKE_SLOT_SECONDS);
                try (ResultSet made = statement.executeQuery(MAKE_SLOT)) {
                    made.next();
                    statement.execute("select pg_catalog.pg_drop_replication_slot('" + made.getString(1) + "')");
                }
            } catch (SQLException e) {
                if (!SqlState.of(e).equals(SqlState.CANCELLED)) {
                    LOG.debug("No record of the running transactions was written", e);
                    return 0;
                }
            }
            try (Statement statement = steering.createStatement();
                    ResultSet row = statement.executeQuery("select pg_catalog.pg_current_wal_flush_lsn()::text")) {
                row.next();
                return ReplicationSlot.position(row.getString(1)).value();
            }
        }
    }

    /** Reads a piece; false when it has to be the last: the server refuses it, or it ended in a large transaction, of which the next would have all parts again. */
    private boolean readPiece(Piece piece, int wanted) throws SQLException {
        aliveAt = System.nanoTime();
        isWaiting = true;
        Instant begun = clock.instant();
        try {
            CopyRows.read(rows, copy.formatted(wanted), row -> {
                piece.add(row);
                return !closed;
            });
            messages.hand();
            aliveAt = System.nanoTime();
            if (!closed) {
                read = confirmed();
                if (piece.count < wanted) {
                    logEnd = new Feedback.LogEnd(read, begun);
                }
            }
            if (!inParts.isEmpty()) {
                LOG.info(
                        "The backlog is read as a stream from here on, because a transaction is too large: slot={}",
                        slot);
            }
            return inParts.isEmpty();
        } catch (SQLException e) {
            if (closed) {
                return false;
            }
            if (piece.count > 0 || SqlState.isLost(e)) {
                throw e;
            }
            // It was told why when it was cancelled.
            if (!SqlState.of(e).equals(SqlState.CANCELLED)) {
                LOG.warn(
                        "The rest of the backlog is read as a stream, because by SQL it cannot be: slot={} reason={}",
                        slot,
                        PostgresErrors.primary(e));
            }
            return false;
        }
    }

    private void advanceNowAndThen() {
        try {
            while (!closed) {
                Thread.sleep(ADVANCE_MILLIS);
                advanceSlot();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void advanceSlot() {
        synchronized (steering) {
            long position = acknowledged;
            if (position == advanced) {
                return;
            }
            try {
                advance(steering, slot, position);
                advanced = position;
            } catch (SQLException e) {
                // The sender that takes over meets what is wrong, if it lasts.
                LOG.debug("The slot was not advanced", e);
            }
        }
    }

    private long confirmed() throws SQLException {
        return ReplicationSlot.find(rows, copiedSlot)
                .map(found -> found.confirmed().value())
                .orElse(0L);
    }

    /** For a format string. */
    private static String options(ReplicationRequest request) {
        return StreamStart.options(request).entrySet().stream()
                .map(option ->
                        "'" + option.getKey() + "', '" + option.getValue().replace("%", "%%") + "'")
                .collect(Collectors.joining(", "));
    }

    /** Whether the log is long enough and nobody reads the slot; waits a little for one that has ended. */
    private static boolean isBehind(Connection connection, String slot, long start, long bytes) throws SQLException {
        long deadline = System.nanoTime() + StreamStart.IN_USE_WAIT_NANOS;
        try (PreparedStatement statement = connection.prepareStatement(IS_BEHIND)) {
            statement.setString(1, new Position(start).toString());
            statement.setLong(2, bytes);
            statement.setString(3, slot);
            while (true) {
                try (ResultSet row = statement.executeQuery()) {
                    if (!row.next() || !row.getBoolean(1)) {
                        return false;
                    }
                    if (row.getBoolean(2)) {
                        return true;
                    }
                }
                if (System.nanoTime() - deadline >= 0) {
                    return false;
                }
                LockSupport.parkNanos(StreamStart.IN_USE_PAUSE_NANOS);
            }
        }
    }

    private static String copy(Connection connection, String slot) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(COPY_SLOT)) {
            statement.setString(1, slot);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    private static void advance(Connection connection, String slot, long position) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ADVANCE)) {
            statement.setString(1, new Position(position).toString());
            statement.setString(2, slot);
            statement.setString(3, new Position(position).toString());
            statement.executeQuery().close();
        }
    }

    /** What has come of a piece. */
    private final class Piece {
        private final long asked = System.nanoTime();
        private long waitedNanos;
        private int count;
        private long bytes;

        /** @param row a row of the copy; the header comes before the first one, and the last one is only an end mark */
        void add(byte[] row) {
            if (isWaiting) {
                isWaiting = false;
                waitedNanos = System.nanoTime() - asked;
            }
            int at = CopyBinaryReader.rowStart(row);
            if (row.length - at < ROW_HEAD_BYTES) {
                return;
            }
            int lengthAt = at + ROW_HEAD_BYTES - Integer.BYTES;
            int length = BigEndian.int32(row, lengthAt);
            if (row.length - at != ROW_HEAD_BYTES + length) {
                throw new TidemarkException(
                        ErrorCode.SOURCE_PROTOCOL,
                        "Cannot read changes: a row of the result is not as long as it says (slot=" + slot + ")");
            }
            if (length > Integer.BYTES) {
                note(row, at + ROW_HEAD_BYTES);
            }
            long place = BigEndian.int64(row, lengthAt - Long.BYTES);
            if (messages.add(place, row, at + ROW_HEAD_BYTES, length)) {
                aliveAt = System.nanoTime();
            }
            count++;
            bytes += row.length;
        }

        /** Large transactions come in parts, each of which begins with an S; they end with a c or an A ("Logical Replication Message Formats"). */
        private void note(byte[] row, int message) {
            int type = row[message];
            if (type == 'S') {
                inParts.add(BigEndian.int32(row, message + 1));
            } else if (type == 'c'
                    || (type == 'A'
                            && BigEndian.int32(row, message + 1)
                                    == BigEndian.int32(row, message + 1 + Integer.BYTES))) {
                inParts.remove(BigEndian.int32(row, message + 1));
            }
        }
    }
}
