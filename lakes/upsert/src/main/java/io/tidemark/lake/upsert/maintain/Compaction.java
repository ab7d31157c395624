package io.tidemark.lake.upsert.maintain;

import io.tidemark.lake.upsert.index.KeyIndex;
import io.tidemark.lake.upsert.index.NewEntries;
import io.tidemark.lake.upsert.table.DeletedRowsReader;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableStore;
import io.tidemark.lake.upsert.table.TableVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses small files, and files with many deleted rows, to become files of the target size. Rows of unpartitioned files, which applies write, move
 * into their partitions. A group of small files is rewritten only when there are more than it will become, so that upkeep comes to rest; the very small
 * ones form a group of their own, so that what they became is not written again with each of the next ones.
 */
public final class Compaction {
    /** A file is very small below this part of what is small, and of those that are not so many make a group. */
    private static final int TIER = 8;

    private final TableStore store;
    private final TableVersion base;
    private final Rules rules;
    private final DeletedRowsReader deleted;

    public Compaction(TableStore store, TableVersion base, Rules rules) {
        this.store = store;
        this.base = base;
        this.rules = rules;
        this.deleted = store.files(base).deletedRows();
    }

    /**
     * A rewrite, if one is due.
     *
     * @param index the index of keys; null when it is not open
     */
    public Optional<Rewrite> plan(@Nullable KeyIndex index) {
        List<StoredFile> chosen = choose();
        if (chosen.isEmpty()) {
            return Optional.empty();
        }
        // Few become more files: those of many partitions.
        NewEntries entries = index == null ? null : index.newEntries(2 * chosen.size());
        return Optional.of(new Rewrite(store, base, chosen, entries));
    }

    private List<StoredFile> choose() {
        Map<Group, List<StoredFile>> small = new HashMap<>();
        List<StoredFile> dirty = new ArrayList<>();
        for (StoredFile file : store.live(base).all()) {
            if (isDirty(file)) {
                dirty.add(file);
            }
            if (isSmall(file)) {
                small.computeIfAbsent(new Group(file.group(), isVerySmall(file)), group -> new ArrayList<>())
                        .add(file);
            }
        }
        Set<StoredFile> due = new LinkedHashSet<>();
        small.forEach((group, files) -> {
            if (files.size()
                    > (group.isVerySmall() ? rules.smallFilesMax() : Math.max(1, rules.smallFilesMax() / TIER))) {
                due.addAll(files);
            }
        });
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

    private boolean isVerySmall(StoredFile file) {
        return file.bytes() < rules.smallFileBytes() / TIER;
    }

    private boolean isDirty(StoredFile file) {
        return deleted.count(file) > rules.dirtyShare() * file.rows();
    }

    /** Files that may become one. */
    private record Group(Object ofFormat, boolean isVerySmall) {}

    /**
     * When files are rewritten and how much a step does.
     *
     * @param smallFileBytes a data file below this is small
     * @param smallFilesMax very small files of a group that are left alone
     * @param dirtyShare share of deleted rows above which a file is dirty
     * @param dirtyFilesMax dirty files that are left alone, unless one of them is not small
     * @param stepBytes bytes of data files that one step reads
     */
    public record Rules(long smallFileBytes, int smallFilesMax, double dirtyShare, int dirtyFilesMax, long stepBytes) {
        /** The rules of a default install. */
        public static final Rules DEFAULT = new Rules(16L << 20, 32, 0.3, 16, 128L << 20);
    }
}
