package io.tidemark.query;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.PinnedTable.Unreadable;
import io.tidemark.spi.schema.TableId;
import java.sql.SQLException;
import java.util.Map;

/** Turns DuckDB's errors into Tidemark's. */
final class QueryFailures {
    /** The driver puts this before the error proper when a result is asked of a statement that did not start. */
    private static final String DRIVER_PREFIX =
            "Invalid Input Error: Attempting to execute an unsuccessful or closed pending query result\nError: ";

    /** DuckDB's exception types that are not the fault of the SQL; the driver gives the type only as the start of its message. */
    private static final Map<String, ErrorCode> CODES = Map.of(
            "Out of Memory Error", ErrorCode.LIMIT_EXCEEDED,
            "IO Error", ErrorCode.LAKE_IO,
            "Permission Error", ErrorCode.QUERY_REJECTED,
            "Fatal Error", ErrorCode.INTERNAL,
            "INTERNAL Error", ErrorCode.INTERNAL);

    private QueryFailures() {}

    /**
     * The error with DuckDB's message.
     *
     * @param verb what was tried, with its object
     */
    static TidemarkException failed(String verb, SQLException cause) {
        String message = reason(cause);
        int colon = message.indexOf(": ");
        ErrorCode code = colon < 0
                ? ErrorCode.QUERY_FAILED
                : CODES.getOrDefault(message.substring(0, colon), ErrorCode.QUERY_FAILED);
        if (code == ErrorCode.LIMIT_EXCEEDED) {
            // What follows the first line are settings of DuckDB, which are not the user's to change.
            return new TidemarkException(
                    code,
                    "Cannot " + verb + ": " + message.lines().findFirst().orElse(message),
                    "Raise limits.query-memory in the configuration, or ask for fewer rows or columns at a time.",
                    cause);
        }
        return new TidemarkException(code, "Cannot " + verb + ": " + message, cause);
    }

    static TidemarkException rejected(String reason) {
        return new TidemarkException(ErrorCode.QUERY_REJECTED, "Cannot run the query: " + reason);
    }

    static TidemarkException unreadable(TableId table, Unreadable why) {
        return new TidemarkException(
                ErrorCode.QUERY_REJECTED, "Cannot query " + table + ": " + why.reason(), why.remedy(), null);
    }

    private static String reason(SQLException cause) {
        String message = String.valueOf(cause.getMessage()).strip();
        return message.startsWith(DRIVER_PREFIX) ? message.substring(DRIVER_PREFIX.length()) : message;
    }
}
