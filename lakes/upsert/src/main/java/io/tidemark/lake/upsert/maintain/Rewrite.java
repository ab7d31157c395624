package io.tidemark.lake.upsert.maintain;

import io.tidemark.lake.upsert.index.NewEntries;
import io.tidemark.lake.upsert.table.DeletedRowsReader;
import io.tidemark.lake.upsert.table.FileRows;
import io.tidemark.lake.upsert.table.LiveFiles;
import io.tidemark.lake.upsert.table.PartitionedWriter;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableChange;
import io.tidemark.lake.upsert.table.TableFiles;
import io.tidemark.lake.upsert.table.TableStore;
import io.tidemark.lake.upsert.table.TableVersion;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeRewrite;
import io.tidemark.spi.lake.LakeTableSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Rows of some files on their way into others, sorted by key. Where each row came from is kept on local disk, so that rows which are deleted before the
 * commit can be told.
 */
public final class Rewrite implements LakeRewrite {
    private final LakeTableSpec spec;
    private final String tableUuid;
    private final TableFiles files;
    private final List<StoredFile> chosen;

    /** Locations of all files that were there. */
    private final Set<String> present;

    /** Rows of the chosen files that were deleted before. */
    private final List<RoaringBitmap> deleted = new ArrayList<>();

    /** For the key index; null when it is not at hand. */
    private final @Nullable NewEntries entries;

    private final RowOrigins origins = new RowOrigins();
    private List<StoredFile> made = List.of();
    private long rows;
    private @Nullable TidemarkException failure;
    private boolean isRunning;

    /** Whether the new files have all rows. */
    private boolean isWritten;

    /** Whether what was written is, or may be, part of the table, or deleted already. */
    private boolean isSettled;

    private volatile boolean isClosed;

    Rewrite(TableStore store, TableVersion base, List<StoredFile> chosen, @Nullable NewEntries entries) {
        this.spec = store.spec();
        this.tableUuid = base.tableUuid();
        this.files = store.files(base);
        this.chosen = List.copyOf(chosen);
        this.entries = entries;
        this.present = store.live(base).all().stream().map(StoredFile::path).collect(Collectors.toSet());
        DeletedRowsReader reader = files.deletedRows();
        chosen.forEach(file -> deleted.add(reader.of(file)));
    }

    @Override
    public void run() {
        synchronized (this) {
            isRunning = !isClosed;
        }
        if (!isRunning) {
            return;
        }
        try {
            write();
        } catch (TidemarkException e) {
            failure = e;
        } catch (IOException | UncheckedIOException e) {
            failure = TidemarkException.ofStorage("Cannot compact " + name(), e);
        } catch (OutOfMemoryError e) {
            failure = TidemarkException.outOfMemory("compact " + name(), e);
        } catch (RuntimeException e) {
            failure = TidemarkException.unforeseen("Cannot compact " + name(), e);
        } finally {
            ended();
        }
    }

    private void write() throws IOException {
        List<ParquetColumn> columns = files.columns();
        try (PartitionedWriter writer =
                new PartitionedWriter(files, origins.of(files.newFiles("compact", ParquetWriteOptions.defaults())))) {
            SortedRows sorted = new SortedRows(spec, columns, writer);
            for (int i = 0; i < chosen.size(); i++) {
                int number = i;
                FileRows.scan(files, chosen.get(i).path(), columns, deleted.get(i), (batch, live) -> {
                    sorted.add(number, batch, live);
                    return !isClosed;
                });
            }
            if (!isClosed) {
                sorted.flush();
                made = writer.finish();
                rows = sorted.rows();
                isWritten = true;
            }
        }
        if (entries != null && !isClosed) {
            entries.write(files, made);
        }
    }

    private synchronized void ended() {
        isRunning = false;
        if (isClosed) {
            discard();
        }
    }

    /** What is done when it is committed, for people. */
    public String summary() {
        return "compacted " + chosen.size() + " files into " + made.size() + " (" + rows + " rows)";
    }

    /** Entries of the new files for the key index; null when it was not at hand. */
    public @Nullable NewEntries entries() {
        return entries;
    }

    /**
     * Commits on top of a version.
     *
     * @return empty when the files are not those of the version any more, so that nothing was to be done
     */
    public Optional<Done> commit(TableStore store, TableVersion version, long fence) {
        Optional<TableChange> change = change(store, version);
        if (change.isEmpty()) {
            return Optional.empty();
        }
        isSettled = true;
        try {
            TableStore.Committed committed =
                    store.commit(version, version.progress().withFence(fence), change.orElseThrow());
            return Optional.of(new Done(committed, change.orElseThrow().deleted()));
        } catch (TidemarkException e) {
            isSettled = !TableStore.isCertainFailure(e);
            throw e;
        }
    }

    /** What there is to commit; empty when the table is another, or others have moved rows, or brought deleted ones back. */
    private Optional<TableChange> change(TableStore store, TableVersion version) {
        if (!version.tableUuid().equals(tableUuid) || !store.spec().equals(spec)) {
            return Optional.empty();
        }
        LiveFiles live = store.live(version);
        DeletedRowsReader reader = store.files(version).deletedRows();
        List<StoredFile> old = new ArrayList<>();
        Map<Integer, RoaringBitmap> since = new HashMap<>();
        for (int i = 0; i < chosen.size(); i++) {
            StoredFile now = live.find(chosen.get(i).path());
            RoaringBitmap before = deleted.get(i);
            RoaringBitmap after =
                    now == null ? RoaringBitmap.bitmapOfRange(0, chosen.get(i).rows()) : reader.of(now);
            if (!after.contains(before)) {
                return Optional.empty();
            }
            if (after.getCardinality() > before.getCardinality()) {
                since.put(i, RoaringBitmap.andNot(after, before));
            }
            if (now != null) {
                old.add(now);
            }
        }
        // A file goes with its last row, or when its rows are moved to another one.
        if (old.isEmpty() || (old.size() < chosen.size() && hasMovedRows(live))) {
            return Optional.empty();
        }
        if (failure != null) {
            throw failure;
        }
        if (!isWritten || isRunning || isClosed) {
            throw new IllegalStateException(
                    "Cannot commit a rewrite that was not run to its end (table=" + name() + ")");
        }
        try {
            return Optional.of(new TableChange(false, made, origins.find(made, since), old));
        } catch (IOException e) {
            throw TidemarkException.ofStorage("Cannot compact " + name(), e);
        }
    }

    private boolean hasMovedRows(LiveFiles live) {
        return live.all().stream().anyMatch(file -> !present.contains(file.path()) && !TableFiles.isOfApply(file));
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        if (!isRunning) {
            discard();
        }
    }

    private void discard() {
        origins.close();
        if (entries != null) {
            entries.close();
        }
        if (!isSettled) {
            isSettled = true;
            files.discard(made.stream().map(StoredFile::path).toList());
        }
    }

    private String name() {
        return spec.schema().table().toString();
    }

    /**
     * A rewrite that was committed.
     *
     * @param deleted rows of new files that were deleted while they were written
     */
    public record Done(TableStore.Committed committed, Map<StoredFile, RoaringBitmap> deleted) {}
}
