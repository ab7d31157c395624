package io.tidemark.spi.slice;

import io.tidemark.spi.change.ChangeBatch;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The ordered, sealed slices of a pipeline. Sequences run from 1 without gaps. Safe from any thread and process; two writers of the same slice
 * cannot both seal it.
 */
public interface SliceLog extends AutoCloseable {
    /** The newest sealed slice. */
    Optional<SliceManifest> newest();

    /** Sealed slices with a sequence greater than this, in order, at most {@code limit}. */
    List<SliceManifest> after(long sequence, int limit);

    /** The sealed slice of this sequence, unless there is none or it was pruned. */
    Optional<SliceManifest> find(long sequence);

    /** Opens the slice after the newest one. */
    SliceWriter open();

    /**
     * Reads a file of a slice in commit order and checks it on the way (size, checksum, row count). A batch is reused after the call.
     *
     * @throws io.tidemark.spi.error.TidemarkException {@code SLICE_CORRUPT} with the path when the file is missing or not as it was written; batches
     *     may have been handed on before
     */
    void read(SliceFile file, Consumer<ChangeBatch> consumer);

    /** Location of a file as other engines name it. */
    String location(SliceFile file);

    /** Deletes slices up to this sequence; returns how many. */
    long prune(long throughSequence);

    @Override
    void close();
}
