package io.tidemark.source.postgres.slot;

import io.tidemark.source.postgres.connection.SqlState;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/**
 * A replication slot as {@code pg_replication_slots} has it.
 *
 * @param name its name
 * @param isUsable whether it is a logical slot of {@code pgoutput} in this database
 * @param activePid process that reads it; 0 for none
 * @param restart oldest log that it keeps
 * @param confirmed position up to which its reader has acknowledged
 * @param isLost whether the log that it needs was removed
 */
public record ReplicationSlot(
        String name, boolean isUsable, int activePid, Position restart, Position confirmed, boolean isLost) {
    private static final String FIND = """
            select slot_type = 'logical' and plugin = 'pgoutput' and database = pg_catalog.current_database() and not temporary,
                   coalesce(active_pid, 0), restart_lsn::text, confirmed_flush_lsn::text, coalesce(wal_status = 'lost', false)
              from pg_catalog.pg_replication_slots where slot_name = ?
            """;

    private static final Duration DROP_WAIT = Duration.ofSeconds(20);
    private static final long DROP_PAUSE_MILLIS = 50;
    private static final int FAILOVER_SINCE = 17;

    /** Looks the slot up. */
    public static Optional<ReplicationSlot> find(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                return Optional.of(new ReplicationSlot(
                        name,
                        row.getBoolean(1),
                        row.getInt(2),
                        position(row.getString(3)),
                        position(row.getString(4)),
                        row.getBoolean(5)));
            }
        }
    }

    /** Makes a permanent slot, which waits until all transactions that run now have ended. */
    static void create(Connection connection, String name, SlotKind kind, Duration timeout) throws SQLException {
        String failover = hasFailover(connection) ? ", " + (kind == SlotKind.FAILOVER) : "";
        try (PreparedStatement statement = connection.prepareStatement(
                "select pg_catalog.pg_create_logical_replication_slot(?, 'pgoutput', false, false" + failover + ")")) {
            statement.setString(1, name);
            statement.setQueryTimeout(Math.toIntExact(Math.max(1, timeout.toSeconds())));
            statement.executeQuery().close();
        } catch (SQLException e) {
            if (SqlState.of(e).equals(SqlState.CANCELLED)) {
                throw RunningTransactions.blocked("create replication slot " + name, timeout, connection, e);
            }
            throw e;
        }
    }

    /** Whether a slot that nobody reads is of another kind than wanted. */
    static boolean isToBecome(Connection connection, String name, SlotKind kind) throws SQLException {
        if (!hasFailover(connection)) {
            return false;
        }
        try (PreparedStatement statement = connection.prepareStatement(
                "select failover <> ? and active_pid is null from pg_catalog.pg_replication_slots where slot_name = ?")) {
            statement.setBoolean(1, kind == SlotKind.FAILOVER);
            statement.setString(2, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /**
     * Makes a slot that nobody reads one of this kind.
     *
     * @param replication a connection for replication
     */
    static void become(Connection replication, String name, SlotKind kind) throws SQLException {
        try (Statement statement = replication.createStatement()) {
            statement.execute("ALTER_REPLICATION_SLOT " + name + " (FAILOVER " + (kind == SlotKind.FAILOVER) + ")");
        }
    }

    private static boolean hasFailover(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseMajorVersion() >= FAILOVER_SINCE;
    }

    /** Drops the slot if it exists, ending its reader first. */
    static void drop(Connection connection, String name) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + DROP_WAIT.toNanos();
        while (true) {
            Optional<ReplicationSlot> slot = find(connection, name);
            if (slot.isEmpty() || !slot.orElseThrow().isUsable()) {
                return;
            }
            if (slot.orElseThrow().activePid() != 0) {
                terminate(connection, slot.orElseThrow().activePid());
            }
            try (PreparedStatement statement =
                    connection.prepareStatement("select pg_catalog.pg_drop_replication_slot(?)")) {
                statement.setString(1, name);
                statement.executeQuery().close();
                return;
            } catch (SQLException e) {
                if (SqlState.of(e).equals(SqlState.UNKNOWN_OBJECT)) {
                    return;
                }
                if (!SqlState.of(e).equals(SqlState.IN_USE)) {
                    throw e;
                }
                if (System.nanoTime() > deadline) {
                    throw new TidemarkException(
                            ErrorCode.SOURCE_SLOT_IN_USE,
                            "Cannot drop replication slot: a process keeps reading it (slot=" + name + ", pid="
                                    + slot.orElseThrow().activePid() + ")",
                            e);
                }
            }
            Thread.sleep(DROP_PAUSE_MILLIS);
        }
    }

    /** The position that the database's notation {@code 16/B374D848} means; {@link Position#ZERO} for none. */
    public static Position position(@Nullable String lsn) {
        return lsn == null
                ? Position.ZERO
                : new Position(LogSequenceNumber.valueOf(lsn).asLong());
    }

    private static void terminate(Connection connection, int pid) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select pg_catalog.pg_terminate_backend(?)")) {
            statement.setInt(1, pid);
            statement.executeQuery().close();
        }
    }
}
