package io.tidemark.slices;

import io.tidemark.parquet.storage.DiskFullException;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;

/** Turns failures of the storage into Tidemark's errors; the code is decided by the exception's type. */
final class StorageErrors {
    private StorageErrors() {}

    /** @param what {@code Cannot <verb> <object>} */
    static TidemarkException of(String what, IOException e) {
        ErrorCode code = ErrorCode.LAKE_IO;
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (at instanceof AccessDeniedException) {
                code = ErrorCode.LAKE_NOT_WRITABLE;
            } else if (at instanceof DiskFullException) {
                code = ErrorCode.DISK_FULL;
            }
        }
        return new TidemarkException(code, what + ": " + e.getMessage(), e);
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
