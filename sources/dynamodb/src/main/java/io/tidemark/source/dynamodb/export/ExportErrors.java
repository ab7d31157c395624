package io.tidemark.source.dynamodb.export;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import org.jspecify.annotations.Nullable;

/** Errors of exports that are not what they say. */
final class ExportErrors {
    private ExportErrors() {}

    /** A file is not the one that was exported. */
    static TidemarkException corrupt(String file, String reason, @Nullable Throwable cause) {
        return new TidemarkException(
                ErrorCode.SOURCE_EXPORT_CORRUPT, "Cannot read export file " + file + ": " + reason, cause);
    }

    static TidemarkException differing(String file, String reason, Object expected, Object found) {
        return corrupt(file, reason + " (expected=" + expected + ", found=" + found + ")", null);
    }

    /** A file is whole and not understood. */
    static TidemarkException unknown(String file, String reason) {
        return new TidemarkException(ErrorCode.SOURCE_PROTOCOL, "Cannot read export file " + file + ": " + reason);
    }
}
