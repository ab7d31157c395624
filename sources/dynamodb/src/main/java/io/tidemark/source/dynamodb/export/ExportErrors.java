package io.tidemark.source.dynamodb.export;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import org.jspecify.annotations.Nullable;

/** Errors of exports that are not what they say. */
final class ExportErrors {
    private static final ErrorCode CORRUPT = ErrorCode.SOURCE_PROTOCOL;
    private static final String COPY_AGAIN =
            "Copy the file from the export again, or make a new export; the other files of this one stay usable.";

    private ExportErrors() {}

    /** A file is not the one that was exported. */
    static TidemarkException corrupt(String file, String reason, @Nullable Throwable cause) {
        return new TidemarkException(CORRUPT, "Cannot read export file " + file + ": " + reason, COPY_AGAIN, cause);
    }

    static TidemarkException differing(String file, String reason, Object expected, Object found) {
        return corrupt(file, reason + " (expected=" + expected + ", found=" + found + ")", null);
    }

    /** A file is whole and not understood. */
    static TidemarkException unknown(String file, String reason) {
        return new TidemarkException(ErrorCode.SOURCE_PROTOCOL, "Cannot read export file " + file + ": " + reason);
    }
}
