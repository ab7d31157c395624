package io.tidemark.workload.bank;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What a failed statement means for a run, by SQLState (PostgreSQL documentation, appendix A). */
enum SqlFailure {
    /** The transaction lost against another one: the same work succeeds later. */
    REPEAT,
    /** The key exists: the same work succeeds with another key. */
    KEY_EXISTS,
    /** The connection is gone or the server is shutting down or starting. */
    CONNECTION,
    /** This transaction was cancelled; others go on. */
    CANCELLED,
    /** Every transaction would fail. */
    FATAL;

    private static final String SERIALIZATION_FAILURE = "40001";
    private static final String DEADLOCK = "40P01";
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String QUERY_CANCELED = "57014";
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String TOO_MANY_CONNECTIONS = "53300";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String INVALID_CATALOG_NAME = "3D000";
    private static final String CONNECTION_CLASS = "08";
    private static final String SHUTDOWN_CLASS = "57P";
    private static final String AUTHORIZATION_CLASS = "28";

    static SqlFailure of(SQLException failure) {
        String state = state(failure);
        return switch (state) {
            case SERIALIZATION_FAILURE, DEADLOCK -> REPEAT;
            case UNIQUE_VIOLATION -> KEY_EXISTS;
            case QUERY_CANCELED, LOCK_NOT_AVAILABLE -> CANCELLED;
            case TOO_MANY_CONNECTIONS -> CONNECTION;
            default -> state.startsWith(CONNECTION_CLASS) || state.startsWith(SHUTDOWN_CLASS) ? CONNECTION : FATAL;
        };
    }

    /** The exception for the caller; the server's detail line stays out because it can hold row values. */
    static TidemarkException exception(String verbAndObject, SQLException failure) {
        String state = state(failure);
        ErrorCode code = ErrorCode.SOURCE_QUERY;
        if (state.startsWith(AUTHORIZATION_CLASS)) {
            code = ErrorCode.SOURCE_AUTHENTICATION;
        } else if (state.equals(INSUFFICIENT_PRIVILEGE)) {
            code = ErrorCode.SOURCE_PERMISSION;
        } else if (state.equals(INVALID_CATALOG_NAME)) {
            code = ErrorCode.SOURCE_DATABASE_MISSING;
        } else if (of(failure) == CONNECTION) {
            code = ErrorCode.SOURCE_UNREACHABLE;
        }
        return new TidemarkException(
                code, "Cannot " + verbAndObject + ": " + message(failure) + " (sqlState=" + state + ")", failure);
    }

    private static String state(SQLException failure) {
        String state = failure.getSQLState();
        return state == null ? "" : state;
    }

    private static String message(SQLException failure) {
        ServerErrorMessage server = serverMessage(failure);
        String message = server == null ? failure.getMessage() : server.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    private static @Nullable ServerErrorMessage serverMessage(SQLException failure) {
        if (failure instanceof PSQLException direct) {
            return direct.getServerErrorMessage();
        }
        return failure.getCause() instanceof PSQLException cause ? cause.getServerErrorMessage() : null;
    }
}
