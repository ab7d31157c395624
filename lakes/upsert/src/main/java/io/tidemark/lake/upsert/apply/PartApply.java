package io.tidemark.lake.upsert.apply;

import io.tidemark.lake.upsert.index.FoundKeys;
import io.tidemark.lake.upsert.table.LiveFiles;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableChange;
import io.tidemark.lake.upsert.table.TableFiles;
import io.tidemark.lake.upsert.table.TableStore;
import io.tidemark.lake.upsert.table.TableVersion;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Upsert of the events of some keys, on any machine: {@link #add} in commit order, then {@link #finish}. All events of these keys have to come here,
 * truncates of the table too. Used by one thread.
 */
public final class PartApply implements AutoCloseable {
    private final LakeProgress expected;
    private final KeyedApply apply;
    private @Nullable TableChange change;

    /**
     * @param files the version that the upsert is computed from
     * @param expected its progress
     * @param found where the rows of the keys are in it
     */
    public PartApply(TableFiles files, LakeProgress expected, FoundKeys found, ApplyLimits limits) {
        this.expected = expected;
        PendingChanges changes = new PendingChanges(files, new FoundFiles(found.files()), this::take);
        found.forEachDuplicate(changes::mark);
        this.apply = new KeyedApply(changes, found, expected, expected.fence(), limits, new Unheard());
    }

    /** Adds events; the batch is the caller's again afterwards. */
    public void add(ChangeBatch batch) {
        apply.add(batch);
    }

    /** Writes what the events came to. */
    public Part finish() {
        try {
            long written = apply.commit(expected).upserted();
            return Part.of(Objects.requireNonNull(change), written);
        } catch (TidemarkException e) {
            if (e.code() == ErrorCode.LAKE_ROW_MISSING && !apply.missingKeys().isEmpty()) {
                return Part.missing(apply.missingKeys());
            }
            throw e;
        }
    }

    /** Deletes what was not finished. */
    @Override
    public void close() {
        apply.close();
    }

    private TableStore.Committed take(LakeProgress progress, TableChange all) {
        change = all;
        return new TableStore.Committed(new Uncommitted(progress), progress, 0);
    }

    private record Uncommitted(LakeProgress progress) implements TableVersion {
        @Override
        public String tableUuid() {
            return "";
        }
    }

    private record FoundFiles(Map<String, StoredFile> files) implements LiveFiles {
        @Override
        public Collection<StoredFile> all() {
            return files.values();
        }

        @Override
        public @Nullable StoredFile find(String path) {
            return files.get(path);
        }
    }

    /** There is no index that could fail. */
    private static final class Unheard implements KeyedApply.Listener {
        @Override
        public void indexFailed() {
            throw new IllegalStateException("Cannot fail to keep an index: there is none");
        }

        @Override
        public void ended() {
            // Who commits the parts takes note.
        }
    }
}
