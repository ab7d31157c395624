package io.tidemark.source.postgres.connection;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.MachineLimits;
import io.tidemark.spi.error.TidemarkException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Makes typed errors of the database's own, by SQLState only. */
public final class PostgresErrors {
    private PostgresErrors() {}

    /**
     * An error of connecting.
     *
     * @param target what was connected to, without secrets
     * @param user who connected
     * @param replication whether the connection was to be one for replication, which has a limit and a permission of its own
     */
    static TidemarkException connecting(PostgresUrl target, String user, boolean replication, SQLException e) {
        String message = "Cannot connect to " + target + ": ";
        String values = " (user=" + user + ", sqlstate=" + SqlState.of(e) + ")";
        return switch (SqlState.of(e)) {
            case SqlState.WRONG_PASSWORD ->
                error(ErrorCode.SOURCE_AUTHENTICATION, message + "user or password is wrong" + values, null, e);
            case SqlState.NOT_AUTHORIZED, SqlState.REJECTED ->
                error(
                        ErrorCode.SOURCE_AUTHENTICATION,
                        message + primary(e) + values,
                        "Check that the role exists and may log in, that pg_hba.conf lets it in from here, and that sslmode fits.",
                        e);
            case SqlState.UNKNOWN_DATABASE ->
                error(
                        ErrorCode.SOURCE_DATABASE_MISSING,
                        message + "the database does not exist" + values,
                        "Correct the database in source.url, or create it: CREATE DATABASE " + quote(target.database())
                                + ";",
                        e);
            case SqlState.NO_PRIVILEGE ->
                replication
                        ? error(
                                ErrorCode.SOURCE_PERMISSION,
                                message + "the role may not replicate" + values,
                                replicationRemedy(user),
                                e)
                        : error(
                                ErrorCode.SOURCE_PERMISSION,
                                message + "the role may not connect to the database" + values,
                                "Run: GRANT CONNECT ON DATABASE " + quote(target.database()) + " TO " + quote(user)
                                        + ";",
                                e);
            case SqlState.TOO_MANY_CONNECTIONS ->
                replication
                        ? error(
                                ErrorCode.SOURCE_NO_FREE_SLOT,
                                message + "no free WAL sender or connection" + values,
                                null,
                                e)
                        : error(
                                ErrorCode.SOURCE_UNREACHABLE,
                                message + "the database has no free connection" + values,
                                "Raise max_connections or the role's CONNECTION LIMIT, or close other connections.",
                                e);
            default -> error(network(e, ErrorCode.SOURCE_UNREACHABLE), message + network(e) + values, null, e);
        };
    }

    /**
     * An error of a statement.
     *
     * @param attempt what was tried, after "Cannot": {@code read table public.t}
     */
    public static TidemarkException running(String attempt, SQLException e) {
        String message = "Cannot " + attempt + ": ";
        String values = " (sqlstate=" + SqlState.of(e) + ")";
        if (SqlState.isLost(e)) {
            return error(
                    network(e, ErrorCode.SOURCE_CONNECTION_LOST),
                    message + "the connection was lost" + values,
                    null,
                    e);
        }
        if (SqlState.of(e).equals(SqlState.CONFLICT)) {
            // Nothing here is serializable, so it is a standby that has to replay what its readers prevent.
            return error(
                    ErrorCode.SOURCE_CONNECTION_LOST,
                    message + primary(e) + values,
                    "It is read again by itself. To prevent it, set hot_standby_feedback = on on the replica, or raise its"
                            + " max_standby_streaming_delay.",
                    e);
        }
        if (SqlState.isValue(e)) {
            // The server's message may hold the value.
            return error(ErrorCode.SOURCE_VALUE, message + "a value cannot be converted" + values, null, e);
        }
        return error(code(SqlState.of(e)), message + primary(e) + values, null, e);
    }

    /** An error of reading a table's rows. */
    public static TidemarkException reading(String table, String user, String schema, SQLException e) {
        if (!SqlState.of(e).equals(SqlState.NO_PRIVILEGE)) {
            return running("read table " + table, e);
        }
        return error(
                ErrorCode.SOURCE_PERMISSION,
                "Cannot read table " + table + ": " + primary(e) + " (user=" + user + ", sqlstate=" + SqlState.of(e)
                        + ")",
                "Run: GRANT USAGE ON SCHEMA " + quote(schema) + " TO " + quote(user) + "; GRANT SELECT ON " + table
                        + " TO " + quote(user) + "; (with row-level security also: ALTER ROLE " + quote(user)
                        + " BYPASSRLS;)",
                e);
    }

    /** How to let a role replicate. */
    public static String replicationRemedy(String user) {
        return "Run: ALTER ROLE " + quote(user) + " REPLICATION; (on RDS: GRANT rds_replication TO " + quote(user)
                + ";)";
    }

    /** The server's primary message, else the driver's. */
    public static String primary(SQLException e) {
        @Nullable String message = e.getMessage();
        if (e instanceof PSQLException driverError) {
            @Nullable ServerErrorMessage server = driverError.getServerErrorMessage();
            if (server != null && server.getMessage() != null) {
                message = server.getMessage();
            }
        }
        return message == null ? "no reason was given" : message.strip().replaceAll("\\.$", "");
    }

    private static ErrorCode code(String state) {
        return switch (state) {
            case SqlState.UNKNOWN_TABLE, SqlState.UNKNOWN_SCHEMA -> ErrorCode.SOURCE_TABLE_MISSING;
            case SqlState.UNKNOWN_COLUMN -> ErrorCode.SOURCE_SCHEMA_CHANGED;
            case SqlState.NO_PRIVILEGE -> ErrorCode.SOURCE_PERMISSION;
            case SqlState.LIMIT_REACHED -> ErrorCode.SOURCE_NO_FREE_SLOT;
            case SqlState.IN_USE -> ErrorCode.SOURCE_SLOT_IN_USE;
            case SqlState.LOCK_NOT_AVAILABLE, SqlState.CANCELLED -> ErrorCode.TIMEOUT;
            default -> ErrorCode.SOURCE_QUERY;
        };
    }

    /** A connection needs a file of this process; what a server says of its own limits has no cause. */
    private static ErrorCode network(SQLException e, ErrorCode otherwise) {
        return e.getCause() != null
                        && MachineLimits.reached(e.getCause()).equals(Optional.of(ErrorCode.OPEN_FILES_EXHAUSTED))
                ? ErrorCode.OPEN_FILES_EXHAUSTED
                : otherwise;
    }

    private static String network(SQLException e) {
        for (@Nullable Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                return "the host is unknown";
            }
            if (cause instanceof NoRouteToHostException) {
                return "there is no route to the host";
            }
            if (cause instanceof ConnectException) {
                return "the connection was refused";
            }
            if (cause instanceof SocketTimeoutException) {
                return "the host did not answer in time";
            }
        }
        return primary(e);
    }

    private static TidemarkException error(ErrorCode code, String message, @Nullable String remedy, SQLException e) {
        return new TidemarkException(code, message, remedy, e);
    }

    private static String quote(String identifier) {
        return io.tidemark.spi.schema.TableId.quote(identifier);
    }
}
