package io.tidemark.lake.iceberg.apply;

import io.tidemark.lake.iceberg.commit.TableCommits;
import io.tidemark.lake.iceberg.commit.TableCommits.Committed;
import io.tidemark.lake.iceberg.plan.DeletedPositions;
import io.tidemark.lake.iceberg.plan.LiveFile;
import io.tidemark.lake.iceberg.plan.LiveFiles;
import io.tidemark.lake.iceberg.write.DataFileWriter;
import io.tidemark.lake.iceberg.write.DeleteMarks;
import io.tidemark.lake.iceberg.write.Discards;
import io.tidemark.lake.iceberg.write.MirrorFiles;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.util.DeleteFileSet;
import org.jspecify.annotations.Nullable;

/**
 * What one commit will change: data files written so far, rows of older files to delete, or everything older gone.
 *
 * <p>New rows go to files without a partition, one for each round, even where the table is partitioned: a batch of changes touches many
 * partitions, and a file for each would be thirty small files a commit instead of one. Compaction moves the rows into their partitions. Deletes
 * are by file and row, so they are right whatever partition a row was in and will be in.
 */
public final class PendingChanges {
    private final TableCommits commits;
    private final TableMetadata base;
    private final MirrorFiles files;
    private final LiveFiles live;
    private final Map<String, DataFile> added = new LinkedHashMap<>();
    private DeleteMarks marks;
    private List<String> deleteFiles = List.of();
    private long rowsWritten;
    private boolean isCleared;
    private boolean isSettled;

    /**
     * @param base the version that the changes are computed from
     * @param live what that version holds
     */
    public PendingChanges(TableCommits commits, TableMetadata base, MirrorFiles files, LiveFiles live) {
        this.commits = commits;
        this.base = base;
        this.files = files;
        this.live = live;
        this.marks = DeleteMarks.of(files);
    }

    MirrorFiles files() {
        return files;
    }

    LiveFiles live() {
        return live;
    }

    /** Whether what the table held before is gone. */
    boolean isCleared() {
        return isCleared;
    }

    /** Files written so far. */
    List<DataFile> added() {
        return List.copyOf(added.values());
    }

    /** The file at the location, if its rows are in the table as this commit sees it so far. */
    @Nullable
    DataFile find(String path) {
        DataFile mine = added.get(path);
        if (mine != null) {
            return mine;
        }
        LiveFile older = isCleared ? null : live.find(path);
        return older == null ? null : older.file();
    }

    /** Opens a file for new rows; to be handed to {@link #finish}, or closed. */
    DataFileWriter open() throws IOException {
        PartitionSpec spec = files.unpartitioned();
        return new DataFileWriter(
                files,
                "apply",
                spec,
                DataFileWriter.noPartition(spec),
                ParquetWriteOptions.defaults().withZstdLevel(1));
    }

    /** Ends a file, whose rows are from now on among those to commit. */
    void finish(DataFileWriter writer) throws IOException {
        DataFile file = writer.finish();
        added.put(file.location(), file);
        rowsWritten += file.recordCount();
    }

    /** Writes the rows as one file. */
    void write(List<? extends ColumnVector> vectors, int[] rows) {
        try (DataFileWriter writer = open()) {
            writer.append(vectors, rows, 0, rows.length);
            finish(writer);
        } catch (IOException | UncheckedIOException e) {
            throw failed(e);
        }
    }

    TidemarkException failed(Exception cause) {
        return new TidemarkException(
                ErrorCode.LAKE_IO,
                "Cannot write a data file of " + files.table().name() + ": " + cause.getMessage(),
                cause);
    }

    /** Deletes a row. */
    public void mark(DataFile file, long row) {
        marks.mark(file, row);
    }

    /** Takes away everything: what the table held, and what was added so far. */
    void clear() {
        isCleared = true;
        rowsWritten = 0;
        marks = DeleteMarks.of(files);
        Discards.delete(files.io(), added.keySet());
        added.clear();
    }

    /** Commits. After a certain failure what was written is deleted; after an unknown outcome nothing is. */
    public Outcome commit(LakeProgress progress) {
        try {
            DeleteMarks.Written deletes = marks.write(this::previousDeletes);
            deleteFiles = deletes.added().stream()
                    .map(DeleteFile::location)
                    .distinct()
                    .toList();
            // Whatever happens from here on, unless a failure is certain, the files may be part of the table.
            isSettled = true;
            Committed committed = commits.commit(base, progress, table -> update(table, deletes));
            long gone = isCleared ? live.rows() : 0;
            LiveFiles after = live.after(committed.version().snapshotId(), isCleared, added(), deletes.added());
            return new Outcome(committed, after, rowsWritten, gone + deletes.rows());
        } catch (IOException | UncheckedIOException e) {
            throw new TidemarkException(
                    ErrorCode.LAKE_IO,
                    "Cannot write the deletes of " + files.table().name() + ": " + e.getMessage(),
                    e);
        } catch (TidemarkException e) {
            isSettled = !TableCommits.isCertainFailure(e);
            throw e;
        }
    }

    /** Deletes what was written, unless it is or may be part of the table. */
    public void discard() {
        if (!isSettled) {
            isSettled = true;
            Discards.delete(files.io(), added.keySet());
            Discards.delete(files.io(), deleteFiles);
        }
    }

    private SnapshotUpdate<?> update(Table table, DeleteMarks.Written deletes) {
        if (added.isEmpty() && deletes.added().isEmpty() && !isCleared) {
            return table.newFastAppend();
        }
        RowDelta delta = table.newRowDelta();
        if (base.currentSnapshot() != null) {
            delta.validateFromSnapshot(base.currentSnapshot().snapshotId());
        }
        if (isCleared) {
            Set<DeleteFile> old = DeleteFileSet.create();
            for (LiveFile file : live.all()) {
                delta.removeRows(file.file());
                old.addAll(file.deletes());
            }
            old.forEach(delta::removeDeletes);
        }
        added.values().forEach(delta::addRows);
        deletes.added().forEach(delta::addDeletes);
        new LinkedHashSet<>(deletes.removed()).forEach(delta::removeDeletes);
        return delta;
    }

    private PositionDeleteIndex previousDeletes(String path) {
        LiveFile file = isCleared ? null : live.find(path);
        return file == null ? PositionDeleteIndex.empty() : new DeletedPositions(files.io()).of(file);
    }

    /**
     * A commit that succeeded.
     *
     * @param committed the commit
     * @param live what the table holds now; null when the planner has to be asked
     * @param written rows written
     * @param deleted rows deleted
     */
    public record Outcome(Committed committed, @Nullable LiveFiles live, long written, long deleted) {}
}
