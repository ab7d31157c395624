package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.connection.PostgresErrors;
import io.tidemark.source.postgres.connection.SqlState;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;
import org.postgresql.replication.fluent.logical.ChainedLogicalStreamBuilder;

/** Starts replication, and says what its errors mean. */
final class StreamStart {
    /** Version 2 brings transactions in progress (PostgreSQL 14); later ones only what is not used. */
    private static final String PROTOCOL_VERSION = "2";

    /** Replies are sent by {@link Feedback}; the driver's own interval must not be 0, or it polls an idle socket only once a second. */
    private static final int STATUS_SECONDS = 10;

    /** A connection on which nothing has come for so long, and whose server end does not show life either, is dead. */
    static final Duration SILENCE_MAX = Duration.ofSeconds(30);

    /** What has lost its client notices it soon, and lets go of the slot. */
    static final long IN_USE_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

    static final long IN_USE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private StreamStart() {}

    /** Starts at the position; waits a little for the server to notice that an earlier stream has ended. */
    static PGReplicationStream start(Connection connection, ReplicationRequest request, long position) {
        long deadline = System.nanoTime() + IN_USE_WAIT_NANOS;
        while (true) {
            try {
                return startOnce(connection, request, position);
            } catch (SQLException e) {
                if (!SqlState.of(e).equals(SqlState.IN_USE) || System.nanoTime() - deadline >= 0) {
                    throw failed("start reading changes", request.slot(), e);
                }
            }
            LockSupport.parkNanos(IN_USE_PAUSE_NANOS);
        }
    }

    private static PGReplicationStream startOnce(Connection connection, ReplicationRequest request, long position)
            throws SQLException {
        ChainedLogicalStreamBuilder stream = connection
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(TableId.quote(request.slot()))
                .withStartPosition(LogSequenceNumber.valueOf(position))
                .withStatusInterval(STATUS_SECONDS, TimeUnit.SECONDS)
                // The driver would acknowledge keepalives by itself, also when what came before them is not durable.
                .withAutomaticFlush(false);
        options(request).forEach((name, value) -> stream.withSlotOption(name, value));
        return stream.start();
    }

    /** What {@code pgoutput} is told however it is read, by name; values as they stand in a quoted literal. */
    static Map<String, String> options(ReplicationRequest request) {
        return Map.of(
                "proto_version",
                PROTOCOL_VERSION,
                "publication_names",
                publicationNames(request),
                "binary",
                "true",
                "messages",
                "true",
                "streaming",
                "on");
    }

    /** A list of quoted identifiers inside of a quoted literal. */
    private static String publicationNames(ReplicationRequest request) {
        return request.publications().stream()
                .map(TableId::quote)
                .collect(Collectors.joining(","))
                .replace("'", "''");
    }

    /** Nothing has come for {@link #SILENCE_MAX}. */
    static TidemarkException dead(String slot) {
        return new TidemarkException(
                ErrorCode.SOURCE_CONNECTION_LOST,
                "Cannot read changes: the connection is dead, nothing has come through it for "
                        + SILENCE_MAX.toSeconds() + " s (slot=" + slot + ")");
    }

    /** What an error of the stream means. */
    static TidemarkException failed(String attempt, String slot, SQLException e) {
        String state = SqlState.of(e);
        if (state.equals(SqlState.UNKNOWN_OBJECT) || state.equals(SqlState.NOT_IN_REQUIRED_STATE)) {
            return new TidemarkException(
                    ErrorCode.SOURCE_SLOT_LOST,
                    "Cannot " + attempt + ": " + PostgresErrors.primary(e) + " (slot=" + slot + ", sqlstate=" + state
                            + ")",
                    e);
        }
        return PostgresErrors.running(attempt + " of slot " + slot, e);
    }
}
