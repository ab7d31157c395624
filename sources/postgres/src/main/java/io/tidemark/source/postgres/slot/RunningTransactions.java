package io.tidemark.source.postgres.slot;

import io.tidemark.spi.config.Values;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * Transactions that a new slot waits for: those of the whole server that have written something. {@code pg_locks} shows them to every role;
 * what {@code pg_stat_activity} hides from this one is said to be unknown.
 */
public final class RunningTransactions {
    /** The oldest by transaction id; prepared transactions have no process. */
    private static final String OLDEST = """
            select coalesce(l.pid, 0), coalesce(a.application_name, p.gid, 'unknown'), coalesce(a.usename, p.owner, 'unknown'),
                   coalesce(extract(epoch from pg_catalog.clock_timestamp() - coalesce(a.xact_start, p.prepared)), -1)::int8
              from pg_catalog.pg_locks l
              left join pg_catalog.pg_stat_activity a on a.pid = l.pid
              left join pg_catalog.pg_prepared_xacts p on p.transaction = l.transactionid
             where l.locktype = 'transactionid' and l.mode = 'ExclusiveLock' and l.granted
             order by pg_catalog.age(l.transactionid) desc limit 1
            """;

    private RunningTransactions() {}

    /** The error of having waited too long, which names the oldest transaction but not what it does. */
    public static TidemarkException blocked(
            String attempt, Duration waited, Connection connection, SQLException cause) {
        String message = "Cannot " + attempt + ": running transactions did not end within " + Values.written(waited);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(OLDEST)) {
            if (!row.next()) {
                return new TidemarkException(ErrorCode.SOURCE_SLOT_BLOCKED, message, cause);
            }
            int pid = row.getInt(1);
            long seconds = row.getLong(4);
            return new TidemarkException(
                    ErrorCode.SOURCE_SLOT_BLOCKED,
                    message + " (pid=" + (pid == 0 ? "none, it is prepared" : pid) + ", application=" + row.getString(2)
                            + ", user=" + row.getString(3) + ", age=" + (seconds < 0 ? "unknown" : seconds + "s") + ")",
                    pid == 0
                            ? "Commit or roll back the prepared transaction, or try later."
                            : "End that transaction, or try later; to force it: SELECT pg_terminate_backend(" + pid
                                    + ");",
                    cause);
        } catch (SQLException e) {
            cause.addSuppressed(e);
            return new TidemarkException(ErrorCode.SOURCE_SLOT_BLOCKED, message, cause);
        }
    }
}
