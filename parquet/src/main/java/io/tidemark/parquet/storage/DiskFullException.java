package io.tidemark.parquet.storage;

import java.io.IOException;

/** An object could not be written because its disk is full. */
public final class DiskFullException extends IOException {
    private static final long serialVersionUID = 1L;

    public DiskFullException(String message, IOException cause) {
        super(message, cause);
    }
}
