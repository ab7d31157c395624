package io.tidemark.spi.slice;

import io.tidemark.spi.schema.RowSchema;
import java.util.List;
import java.util.Optional;

/**
 * The ordered, sealed slices of a pipeline. Sequences run from 1 without gaps. Safe from any thread and process; two writers of the same slice
 * cannot both seal it.
 */
public interface SliceLog extends SliceReader, AutoCloseable {
    /** The newest sealed slice. */
    Optional<SliceManifest> newest();

    /** Sealed slices with a sequence greater than this, in order, at most {@code limit}. */
    List<SliceManifest> after(long sequence, int limit);

    /** The sealed slice of this sequence, unless there is none or it was pruned. */
    Optional<SliceManifest> find(long sequence);

    /** Opens the slice after the newest one. */
    SliceWriter open();

    /**
     * Opens a file that belongs to no slice.
     *
     * @param path path in the storage
     */
    SliceFileOutput output(String path, RowSchema schema);

    /** Location of a file as other engines name it. */
    String location(SliceFile file);

    /** Deletes slices up to this sequence; returns how many. */
    long prune(long throughSequence);

    @Override
    void close();
}
