package io.tidemark.lake.upsert.table;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The data files of a version. Immutable. */
public interface LiveFiles {
    /** All files, older ones first. */
    Collection<? extends StoredFile> all();

    /** The file at the location, if it is live. */
    @Nullable
    StoredFile find(String path);

    /** Rows in all files, deleted ones included. */
    default long rows() {
        return all().stream().mapToLong(StoredFile::rows).sum();
    }
}
