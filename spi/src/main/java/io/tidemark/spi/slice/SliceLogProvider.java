package io.tidemark.spi.slice;

import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.storage.ObjectStore;
import java.time.Clock;

/** Makes slice logs; found by {@link java.util.ServiceLoader}. */
public interface SliceLogProvider {
    /**
     * Opens the log of a pipeline: its files lie under {@code slices/<pipeline>/} of the storage, its index under {@code slices/} of the
     * metadata store.
     *
     * @param format of the files of slices to come; those that are there are read in theirs
     */
    SliceLog open(String pipeline, ObjectStore storage, MetadataStore metastore, Clock clock, SliceFormat format);

    /** Reads files of any log in the storage. */
    SliceReader reader(ObjectStore storage);
}
