package io.tidemark.lake.upsert.apply;

import io.tidemark.lake.upsert.table.FileWriter;
import io.tidemark.lake.upsert.table.LiveFiles;
import io.tidemark.lake.upsert.table.NewFiles;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableChange;
import io.tidemark.lake.upsert.table.TableFiles;
import io.tidemark.lake.upsert.table.TableStore;
import io.tidemark.lake.upsert.table.TableVersion;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTableSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * What one commit will change: data files written so far, rows of older files to delete, or everything older gone.
 *
 * <p>New rows go to files for rows of any partition, one for each round, even where the table is partitioned: a batch of changes touches many
 * partitions, and a file for each would be thirty small files a commit instead of one. Compaction moves the rows into their partitions. A format
 * that has no such files gets a file for each partition. Deletes are by file and row, so they are right whatever partition a row was in and will
 * be in.
 */
public final class PendingChanges {
    private final TableFiles files;
    private final LiveFiles live;
    private final Committer committer;
    private final NewFiles newFiles;
    private final Map<String, StoredFile> added = new LinkedHashMap<>();
    private final Map<StoredFile, RoaringBitmap> deleted = new LinkedHashMap<>();
    private long rowsWritten;
    private boolean isCleared;
    private boolean isSettled;

    /** Takes the changes when all are known. */
    public interface Committer {
        /** Commits as {@link TableStore#commit} does. */
        TableStore.Committed commit(LakeProgress progress, TableChange change);
    }

    /**
     * @param files the version that the changes are computed from
     * @param live its files
     */
    public PendingChanges(TableFiles files, LiveFiles live, Committer committer) {
        this.files = files;
        this.live = live;
        this.committer = committer;
        this.newFiles =
                files.newFiles(TableFiles.APPLY, ParquetWriteOptions.defaults().withZstdLevel(1));
    }

    /** Changes of a version, to be committed on top of it. */
    public static PendingChanges of(TableStore store, TableVersion base) {
        return new PendingChanges(
                store.files(base), store.live(base), (progress, change) -> store.commit(base, progress, change));
    }

    TableFiles files() {
        return files;
    }

    LakeTableSpec spec() {
        return files.spec();
    }

    List<ParquetColumn> columns() {
        return files.columns();
    }

    LiveFiles live() {
        return live;
    }

    /** Whether what the table held before is gone. */
    boolean isCleared() {
        return isCleared;
    }

    /** Files written so far. */
    List<StoredFile> added() {
        return List.copyOf(added.values());
    }

    /** The file at the location, if its rows are in the table as this commit sees it so far. */
    @Nullable
    StoredFile find(String path) {
        StoredFile mine = added.get(path);
        if (mine != null) {
            return mine;
        }
        return isCleared ? null : live.find(path);
    }

    /** Files for the new rows of a round. */
    RoundFiles open() {
        return new RoundFiles(this, newFiles);
    }

    /** Ends a file, whose rows are from now on among those to commit. */
    void finish(FileWriter writer) throws IOException {
        StoredFile file = writer.finish();
        added.put(file.path(), file);
        rowsWritten += file.rows();
    }

    /** Writes the rows of a round. */
    void write(List<? extends ColumnVector> vectors, int[] rows) {
        try (RoundFiles files = open()) {
            files.append(vectors, rows, (path, first, places) -> {});
            files.finish();
        } catch (IOException | UncheckedIOException e) {
            throw failed(e);
        }
    }

    TidemarkException failed(Exception cause) {
        return TidemarkException.ofStorage(
                "Cannot write a data file of " + spec().schema().table(), cause);
    }

    /** Deletes a row. Deleting it twice, or one that is deleted already, changes nothing. */
    public void mark(StoredFile file, int row) {
        deleted.computeIfAbsent(file, key -> new RoaringBitmap()).add(row);
    }

    /** Takes away everything: what the table held, and what was added so far. */
    void clear() {
        isCleared = true;
        rowsWritten = 0;
        deleted.clear();
        files.discard(added.keySet());
        added.clear();
    }

    /** Commits. After a certain failure what was written is deleted; after an unknown outcome nothing is. */
    public Outcome commit(LakeProgress progress) {
        // Whatever happens from here on, unless a failure is certain, the files may be part of the table.
        isSettled = true;
        try {
            TableStore.Committed committed =
                    committer.commit(progress, new TableChange(isCleared, added(), deleted, List.of()));
            return new Outcome(committed, rowsWritten);
        } catch (TidemarkException e) {
            isSettled = !TableStore.isCertainFailure(e);
            throw e;
        }
    }

    /** Deletes what was written, unless it is or may be part of the table. */
    public void discard() {
        if (!isSettled) {
            isSettled = true;
            files.discard(added.keySet());
        }
    }

    /**
     * A commit that succeeded.
     *
     * @param committed the commit
     * @param written rows written
     */
    public record Outcome(TableStore.Committed committed, long written) {}
}
