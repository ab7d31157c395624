package io.tidemark.lake.upsert.maintain;

import io.tidemark.lake.upsert.table.DeletedRowsReader;
import io.tidemark.lake.upsert.table.FileRows;
import io.tidemark.lake.upsert.table.PartitionedWriter;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableChange;
import io.tidemark.lake.upsert.table.TableFiles;
import io.tidemark.lake.upsert.table.TableStore;
import io.tidemark.lake.upsert.table.TableVersion;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Rewrites small files, and files with many deleted rows, into files of the target size. Rows of unpartitioned files, which applies write, move
 * into their partitions. A group of small files is rewritten only when there are more than it will become, so that upkeep comes to rest.
 */
public final class Compaction {
    private final TableStore store;
    private final TableVersion base;
    private final TableFiles files;
    private final Rules rules;
    private final DeletedRowsReader deleted;

    public Compaction(TableStore store, TableVersion base, Rules rules) {
        this.store = store;
        this.base = base;
        this.rules = rules;
        this.files = store.files(base);
        this.deleted = files.deletedRows();
    }

    /** Does one step if one is due. */
    public Optional<String> step(long fence) {
        List<StoredFile> chosen = choose();
        return chosen.isEmpty() ? Optional.empty() : Optional.of(rewrite(fence, chosen));
    }

    private List<StoredFile> choose() {
        Map<Object, List<StoredFile>> small = new HashMap<>();
        List<StoredFile> dirty = new ArrayList<>();
        for (StoredFile file : store.live(base).all()) {
            if (isDirty(file)) {
                dirty.add(file);
            }
            if (isSmall(file)) {
                small.computeIfAbsent(file.group(), group -> new ArrayList<>()).add(file);
            }
        }
        Set<StoredFile> due = new LinkedHashSet<>();
        small.values().stream()
                .filter(group -> group.size() > rules.smallFilesMax())
                .forEach(due::addAll);
        if (dirty.size() > rules.dirtyFilesMax() || dirty.stream().anyMatch(file -> !isSmall(file))) {
            due.addAll(dirty);
        }
        return bounded(due);
    }

    private List<StoredFile> bounded(Set<StoredFile> due) {
        List<StoredFile> chosen = new ArrayList<>();
        long bytes = 0;
        for (StoredFile file : due) {
            bytes += file.bytes();
            if (!chosen.isEmpty() && bytes > rules.stepBytes()) {
                break;
            }
            chosen.add(file);
        }
        return chosen;
    }

    private boolean isSmall(StoredFile file) {
        return file.bytes() < rules.smallFileBytes();
    }

    private boolean isDirty(StoredFile file) {
        return deleted.count(file) > rules.dirtyShare() * file.rows();
    }

    private String rewrite(long fence, List<StoredFile> chosen) {
        List<ParquetColumn> columns = files.columns();
        try (PartitionedWriter writer =
                new PartitionedWriter(files, files.newFiles("compact", ParquetWriteOptions.defaults()))) {
            SortedRows rows = new SortedRows(store.spec(), columns, writer);
            for (StoredFile file : chosen) {
                FileRows.scan(files, file.path(), columns, deleted.of(file), rows::add);
            }
            rows.flush();
            List<StoredFile> made = writer.finish();
            try {
                store.commit(base, base.progress().withFence(fence), TableChange.compacted(chosen, made));
            } catch (TidemarkException e) {
                if (TableStore.isCertainFailure(e)) {
                    files.discard(made.stream().map(StoredFile::path).toList());
                }
                throw e;
            }
            return "compacted " + chosen.size() + " files into " + made.size() + " (" + rows.rows() + " rows)";
        } catch (IOException | UncheckedIOException e) {
            throw TidemarkException.ofStorage(
                    "Cannot compact " + store.spec().schema().table(), e);
        }
    }

    /**
     * When files are rewritten and how much a step does.
     *
     * @param smallFileBytes a data file below this is small
     * @param smallFilesMax small files of a group that are left alone
     * @param dirtyShare share of deleted rows above which a file is dirty
     * @param dirtyFilesMax dirty files that are left alone, unless one of them is not small
     * @param stepBytes bytes of data files that one step reads
     */
    public record Rules(long smallFileBytes, int smallFilesMax, double dirtyShare, int dirtyFilesMax, long stepBytes) {
        /** The rules of a default install. */
        public static final Rules DEFAULT = new Rules(16L << 20, 32, 0.3, 16, 128L << 20);
    }
}
