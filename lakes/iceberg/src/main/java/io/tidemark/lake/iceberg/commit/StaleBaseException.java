package io.tidemark.lake.iceberg.commit;

import org.apache.iceberg.exceptions.CleanableFailure;

/**
 * The table moved on since the version a commit was computed from, so the commit certainly failed. Not Iceberg's own CommitFailedException,
 * because that one makes Iceberg compute the commit again on top of whatever came between.
 */
final class StaleBaseException extends RuntimeException implements CleanableFailure {
    private static final long serialVersionUID = 1L;

    StaleBaseException(String message, Throwable cause) {
        super(message, cause);
    }
}
