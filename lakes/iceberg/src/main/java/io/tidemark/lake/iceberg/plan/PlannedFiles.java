package io.tidemark.lake.iceberg.plan;

import io.tidemark.lake.iceberg.commit.CallingThread;
import io.tidemark.lake.upsert.table.LiveFiles;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.ContentFileUtil;
import org.jspecify.annotations.Nullable;

/** The data files of one version by location, in the planner's order. Immutable. */
public final class PlannedFiles implements LiveFiles {
    private final long version;
    private final Map<String, LiveFile> files;

    private PlannedFiles(long version, Map<String, LiveFile> files) {
        this.version = version;
        this.files = files;
    }

    /** No file. */
    public static PlannedFiles none(long version) {
        return new PlannedFiles(version, Map.of());
    }

    /**
     * Asks the table's own planner.
     *
     * @param version a snapshot of the table; -1 for a table without one
     * @throws TidemarkException {@code LAKE_FOREIGN_DELETES} when another writer added equality deletes; {@code LAKE_SCHEMA_MISMATCH} for
     *     data files that are not Parquet
     */
    public static PlannedFiles plan(Table table, long version) {
        if (version < 0) {
            return none(version);
        }
        Map<String, LiveFile> files = new LinkedHashMap<>();
        TableScan scan = table.newScan().useSnapshot(version);
        try (CloseableIterable<FileScanTask> tasks =
                CallingThread.of(table).map(scan::planWith).orElse(scan).planFiles()) {
            for (FileScanTask task : tasks) {
                require(table, task);
                files.put(task.file().location(), new LiveFile(task.file(), task.deletes()));
            }
        } catch (IOException | UncheckedIOException e) {
            throw TidemarkException.ofStorage("Cannot plan " + table.name(), " (version=" + version + ")", e);
        }
        return new PlannedFiles(version, files);
    }

    /** The version. */
    public long version() {
        return version;
    }

    @Override
    public Collection<LiveFile> all() {
        return java.util.Collections.unmodifiableCollection(files.values());
    }

    @Override
    public @Nullable LiveFile find(String path) {
        return files.get(path);
    }

    /**
     * What is live after a commit of ours on top of this version.
     *
     * @param isCleared whether all files of this version were removed
     * @param vectors deletion vectors that the commit wrote
     * @return nothing known when a delete file does not name its data file: then the planner has to be asked
     */
    public @Nullable PlannedFiles after(
            long newVersion, boolean isCleared, List<StoredFile> added, List<DeleteFile> vectors) {
        Map<String, LiveFile> next = isCleared ? new LinkedHashMap<>() : new LinkedHashMap<>(files);
        for (StoredFile file : added) {
            DataFile small = ((LiveFile) file).file().copyWithoutStats();
            next.put(small.location(), new LiveFile(small, List.of()));
        }
        for (DeleteFile vector : vectors) {
            LiveFile file = ContentFileUtil.isDV(vector) ? next.get(vector.referencedDataFile()) : null;
            if (file == null) {
                return null;
            }
            next.put(file.path(), new LiveFile(file.file(), List.of(vector)));
        }
        return new PlannedFiles(newVersion, next);
    }

    private static void require(Table table, FileScanTask task) {
        if (task.file().format() != FileFormat.PARQUET) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot read " + table.name() + ": another writer added a file that is not Parquet (file="
                            + task.file().location() + ")");
        }
        for (DeleteFile delete : task.deletes()) {
            if (delete.content() == FileContent.EQUALITY_DELETES) {
                throw new TidemarkException(
                        ErrorCode.LAKE_FOREIGN_DELETES,
                        "Cannot read " + table.name() + ": another writer added equality deletes (file="
                                + delete.location() + ")");
            }
        }
    }
}
