package io.tidemark.slices;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;

/** Turns failures of the storage into Tidemark's errors; the code is decided by the exception's type. */
final class StorageErrors {
    private StorageErrors() {}

    /** @param what {@code Cannot <verb> <object>} */
    static TidemarkException of(String what, IOException e) {
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (at instanceof AccessDeniedException) {
                return new TidemarkException(ErrorCode.LAKE_NOT_WRITABLE, what + ": " + e.getMessage(), e);
            }
        }
        return TidemarkException.ofStorage(what, e);
    }

    static TidemarkException corrupt(String path, String difference) {
        return new TidemarkException(
                ErrorCode.SLICE_CORRUPT, "Cannot read slice: " + difference + " (path=" + path + ")");
    }

    static TidemarkException corrupt(String path, String difference, Throwable cause) {
        return new TidemarkException(
                ErrorCode.SLICE_CORRUPT, "Cannot read slice: " + difference + " (path=" + path + ")", cause);
    }
}
