package io.tidemark.lake.upsert.apply;

import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableChange;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/**
 * What the events of some keys came to, written and not committed.
 *
 * @param isCleared whether the events took away all that the table held
 * @param added files written
 * @param deleted rows to delete, of older files and of those written
 * @param written rows written
 * @param missingKeys as {@link io.tidemark.spi.lake.LakeApply#missingKeys}; when there are some, nothing was written
 */
public record Part(
        boolean isCleared,
        List<StoredFile> added,
        Map<StoredFile, RoaringBitmap> deleted,
        long written,
        List<List<String>> missingKeys)
        implements Serializable {
    static Part of(TableChange change, long written) {
        return new Part(change.isCleared(), change.added(), change.deleted(), written, List.of());
    }

    static Part missing(List<List<String>> keys) {
        return new Part(false, List.of(), Map.of(), 0, keys);
    }
}
