package io.tidemark.spi.slice;

import io.tidemark.spi.schema.RowSchema;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
    default SliceWriter open() {
        return open(null);
    }

    /**
     * Opens the slice after the newest one for events from an interval, whose name its folder gets; earlier ones may join it.
     *
     * @param interval null for a slice that is cut by arrival
     */
    SliceWriter open(@Nullable EventInterval interval);

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
