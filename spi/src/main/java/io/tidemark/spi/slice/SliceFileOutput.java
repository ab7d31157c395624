package io.tidemark.spi.slice;

import io.tidemark.spi.change.ChangeBatch;

/** One file in the format of slices that belongs to no slice. One thread. */
public interface SliceFileOutput extends AutoCloseable {
    /** Appends events; the batch is the caller's again afterwards. */
    void append(ChangeBatch batch);

    /** Makes the file durable. */
    SliceFile seal();

    /** Leaves no file when it was not sealed. */
    @Override
    void close();
}
