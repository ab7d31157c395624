package io.tidemark.lake.upsert.apply;

import io.tidemark.lake.upsert.table.LiveFiles;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableChange;
import io.tidemark.lake.upsert.table.TableFiles;
import io.tidemark.lake.upsert.table.TableStore;
import io.tidemark.lake.upsert.table.TableVersion;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeApply.ApplyResult;
import io.tidemark.spi.lake.LakeProgress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/**
 * An upsert whose events are applied in {@linkplain PartApply parts}, each with keys of its own, on any machines, and committed here at once.
 * Files that parts have written belong to it once they are {@linkplain #commit handed over}.
 */
public final class SplitApply implements AutoCloseable {
    private final TableStore store;
    private final TableVersion base;
    private final TableFiles files;
    private final long fence;
    private final Runnable ended;
    private List<List<String>> missingKeys = List.of();

    /** @param ended called when the upsert has ended, whatever came of it */
    public SplitApply(TableStore store, TableVersion base, long fence, Runnable ended) {
        this.store = store;
        this.base = base;
        this.files = store.files(base);
        this.fence = fence;
        this.ended = ended;
    }

    /** The version that the upsert is computed from. */
    public TableFiles files() {
        return files;
    }

    /** Its files, older ones first. */
    public LiveFiles live() {
        return store.live(base);
    }

    /** Its progress. */
    public LakeProgress expected() {
        return base.progress();
    }

    /**
     * Commits all parts and the new progress, as one version of the table.
     *
     * @param progress {@code applied}, {@code slice} and {@code newestCommitMicros} to record
     * @throws TidemarkException {@code LAKE_ROW_MISSING} when a part lacks rows: nothing is committed
     */
    public ApplyResult commit(LakeProgress progress, List<Part> parts) {
        LakeProgress next = base.progress()
                .withApplied(progress.applied(), progress.slice(), progress.newestCommitMicros())
                .withFence(fence);
        boolean isUnused = true;
        try {
            requireComplete(parts);
            isUnused = false;
            TableStore.Committed committed = store.commit(base, next, change(parts));
            return new ApplyResult(
                    committed.progress(),
                    parts.stream().mapToLong(Part::written).sum(),
                    committed.deletedRows());
        } catch (TidemarkException e) {
            isUnused |= TableStore.isCertainFailure(e);
            throw e;
        } finally {
            if (isUnused) {
                discard(parts);
            }
        }
    }

    /** Deletes what parts have written, that will not be committed. */
    public void discard(List<Part> parts) {
        for (Part part : parts) {
            files.discard(part.added().stream().map(StoredFile::path).toList());
        }
    }

    @Override
    public void close() {
        ended.run();
    }

    /** As {@link io.tidemark.spi.lake.LakeApply#missingKeys}, after {@link #commit} failed for them. */
    public List<List<String>> missingKeys() {
        return missingKeys;
    }

    private void requireComplete(List<Part> parts) {
        missingKeys =
                parts.stream().flatMap(part -> part.missingKeys().stream()).toList();
        if (!missingKeys.isEmpty()) {
            throw new TidemarkException(
                    ErrorCode.LAKE_ROW_MISSING,
                    "Cannot apply updates of " + files.spec().schema().table()
                            + ": they leave columns unchanged, and the mirror has no rows of their keys (missing="
                            + missingKeys.size() + ")");
        }
    }

    private static TableChange change(List<Part> parts) {
        boolean isCleared = parts.stream().anyMatch(Part::isCleared);
        List<StoredFile> added = new ArrayList<>();
        Map<StoredFile, RoaringBitmap> deleted = new LinkedHashMap<>();
        for (Part part : parts) {
            added.addAll(part.added());
            part.deleted()
                    .forEach((file, rows) -> deleted.merge(file, rows, (mine, more) -> RoaringBitmap.or(mine, more)));
        }
        return new TableChange(isCleared, added, deleted, List.of());
    }
}
