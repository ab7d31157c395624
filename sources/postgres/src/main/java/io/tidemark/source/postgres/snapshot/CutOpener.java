package io.tidemark.source.postgres.snapshot;

import io.tidemark.source.postgres.connection.Connections;
import io.tidemark.source.postgres.connection.PostgresErrors;
import io.tidemark.source.postgres.connection.SqlState;
import io.tidemark.source.postgres.slot.Replica;
import io.tidemark.source.postgres.slot.ReplicationSlot;
import io.tidemark.source.postgres.slot.RunningTransactions;
import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.source.postgres.view.View;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes consistent cuts. A temporary logical slot is made on a replication connection, which gives a consistent point and an exported snapshot
 * (manual, "Streaming Replication Protocol", CREATE_REPLICATION_SLOT). The snapshot holds exactly the transactions whose commit record starts
 * before the consistent point. Once the readers have imported the snapshot the slot is dropped, so that it neither holds log nor takes one of
 * the server's slots while they read. Nothing is read before {@link CommitBarrier} says so.
 *
 * <p>From before the slot is made until a reader has the snapshot, a transaction of its own keeps the rows that the snapshot sees from being
 * pruned. The server means to do that itself, by the slot until it is released and by the exporting session afterwards, but leaves a gap
 * between the two ({@code ReplicationSlotRelease} in slot.c takes the slot's horizon back before it clears the flag by which the session's own
 * horizon is left out): a row updated and pruned in it is missing from the snapshot.
 *
 * <p>A cut of a standby is taken there in the same way, slot and all. It decodes only what it has replayed, and replaying a commit makes it visible to
 * everybody first, so that the barrier is met at once. A row is removed there when the primary's removal is replayed, which ends all transactions that
 * may see it, of whatever kind ({@code ResolveRecoveryConflictWithSnapshot} in standby.c): those of the view and the one of its own before them.
 */
public final class CutOpener {
    private static final Logger LOG = LoggerFactory.getLogger(CutOpener.class);

    private CutOpener() {}

    /**
     * Takes a cut.
     *
     * @param primary the server that is captured
     * @param replica a standby of it to read from; null to read from the primary
     * @param readers how many readers can work at the same time
     * @param timeout how long to wait for running transactions, and for the standby
     */
    public static PostgresSnapshotCut open(
            Connections primary, @Nullable Connections replica, int readers, Duration timeout) {
        if (readers < 1) {
            throw new IllegalArgumentException("Cannot take a cut without readers (readers=" + readers + ")");
        }
        Connections from = replica == null ? primary : replica;
        try (Connection exporter = replica == null ? primary.openReplication() : replica.openAnyReplication();
                Connection holder = from.open();
                Replica joined = replica == null ? null : Replica.join(primary, replica, exporter, timeout)) {
            String slot = "tidemark_cut_" + exporter.unwrap(PGConnection.class).getBackendPID();
            hold(holder, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "SELECT 1");
            Exported exported = export(primary, exporter, slot, timeout);
            View view = View.open(from, exported.snapshot(), readers);
            try {
                // The transaction must have lasted: a standby ends those that keep it from replaying the removal of
                // rows.
                hold(holder, "SELECT 1");
                holder.close();
                if (joined != null) {
                    joined.requireUnchanged();
                }
                drop(exporter, slot);
                String text = view.read(CutOpener::snapshotText);
                CommitBarrier.await(exporter, text, timeout);
                PostgresSnapshotCut cut = view.read(connection -> new PostgresSnapshotCut(
                        view, exported.consistentPoint(), TypeCatalog.load(connection), nowMicros(connection)));
                LOG.debug("Cut taken: position={} readers={}", exported.consistentPoint(), readers);
                return cut;
            } catch (SQLException | TidemarkException | InterruptedException e) {
                view.close();
                throw e;
            }
        } catch (SQLException e) {
            throw PostgresErrors.running("take a consistent cut", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TidemarkException(ErrorCode.TIMEOUT, "Cannot take a consistent cut: it was interrupted", e);
        }
    }

    /** Takes a snapshot, which is older than any that the slot can export, or shows that it is still held: what it may see is not pruned. */
    private static void hold(Connection holder, String... statements) throws SQLException {
        try (Statement statement = holder.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static Exported export(Connections primary, Connection exporter, String slot, Duration timeout)
            throws SQLException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            try (Statement statement = exporter.createStatement()) {
                statement.setQueryTimeout(Math.toIntExact(Math.max(1, timeout.toSeconds())));
                // The older form of the command, which every supported version takes.
                try (ResultSet row = statement.executeQuery(
                        "CREATE_REPLICATION_SLOT " + slot + " TEMPORARY LOGICAL pgoutput EXPORT_SNAPSHOT")) {
                    row.next();
                    return new Exported(
                            ReplicationSlot.position(row.getString("consistent_point")),
                            row.getString("snapshot_name"));
                }
            } catch (SQLException e) {
                if (!isOvertaken(e) || System.nanoTime() > deadline) {
                    throw explained(primary, timeout, e);
                }
                LOG.debug("Cut taken again: reason={}", PostgresErrors.primary(e));
            }
        }
    }

    /**
     * Whether the server gave the snapshot up because another slot, made or dropped at the same time, moved the horizon of all slots (snapbuild.c,
     * SnapBuildInitialSnapshot). Nothing remains of the slot then. The message is internal, and so in English everywhere.
     */
    private static boolean isOvertaken(SQLException e) {
        return SqlState.of(e).equals(SqlState.INTERNAL)
                && PostgresErrors.primary(e).contains("oldest safe xid");
    }

    private static TidemarkException explained(Connections primary, Duration timeout, SQLException e)
            throws SQLException {
        String attempt = "take a consistent cut";
        return switch (SqlState.of(e)) {
            case SqlState.CANCELLED -> {
                try (Connection connection = primary.open()) {
                    yield RunningTransactions.blocked(attempt, timeout, connection, e);
                }
            }
            case SqlState.NOT_IN_REQUIRED_STATE ->
                new TidemarkException(
                        ErrorCode.SOURCE_NOT_LOGICAL, "Cannot " + attempt + ": " + PostgresErrors.primary(e), e);
            case SqlState.NO_PRIVILEGE ->
                new TidemarkException(
                        ErrorCode.SOURCE_PERMISSION,
                        "Cannot " + attempt + ": " + PostgresErrors.primary(e) + " (user=" + primary.user() + ")",
                        PostgresErrors.replicationRemedy(primary.user()),
                        e);
            default -> PostgresErrors.running(attempt, e);
        };
    }

    private static void drop(Connection exporter, String slot) throws SQLException {
        try (Statement statement = exporter.createStatement()) {
            statement.execute("DROP_REPLICATION_SLOT " + slot);
        }
    }

    /** The snapshot that the session sees; this reads no row. */
    private static String snapshotText(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_catalog.pg_current_snapshot()::text")) {
            row.next();
            return row.getString(1);
        }
    }

    private static long nowMicros(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("select (extract(epoch from pg_catalog.now()) * 1000000)::int8")) {
            row.next();
            return row.getLong(1);
        }
    }

    private record Exported(Position consistentPoint, String snapshot) {}
}
