package io.tidemark.spi.slice;

import io.tidemark.spi.change.ChangeBatch;
import java.util.function.Consumer;

/** Reads files of slices: all that is needed of a log by who was told which files. Safe from any thread and process. */
public interface SliceReader {
    /**
     * Reads a file of a slice in commit order and checks it on the way (size, checksum, row count). A batch is reused after the call.
     *
     * @throws io.tidemark.spi.error.TidemarkException {@code SLICE_CORRUPT} with the path when the file is missing or not as it was written; batches
     *     may have been handed on before
     */
    void read(SliceFile file, Consumer<ChangeBatch> consumer);
}
