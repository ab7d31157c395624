package io.tidemark.lake.upsert.table;

import java.util.List;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/**
 * What one commit changes.
 *
 * @param isCleared whether all files of the version go
 * @param added new files
 * @param deleted rows to delete, of files of the version or new ones; some may be deleted already
 * @param compacted files of the version that the new ones take the place of, with the same rows
 */
public record TableChange(
        boolean isCleared, List<StoredFile> added, Map<StoredFile, RoaringBitmap> deleted, List<StoredFile> compacted) {
    /** Nothing but progress. */
    public static final TableChange NONE = new TableChange(false, List.of(), Map.of(), List.of());

    /** Everything goes. */
    public static final TableChange CLEARED = new TableChange(true, List.of(), Map.of(), List.of());

    /** New files only. */
    public static TableChange added(List<StoredFile> files) {
        return new TableChange(false, files, Map.of(), List.of());
    }
}
