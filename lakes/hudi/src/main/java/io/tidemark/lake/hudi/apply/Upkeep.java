package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.commit.OpenCommit;
import io.tidemark.lake.hudi.commit.TableCommits;
import io.tidemark.lake.hudi.commit.TableCommits.Kind;
import io.tidemark.lake.hudi.commit.TableCommits.Written;
import io.tidemark.lake.hudi.commit.TableVersions;
import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.lake.hudi.row.RowCodec;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.hudi.avro.HoodieAvroUtils;
import org.apache.hudi.client.WriteStatus;
import org.apache.hudi.common.model.FileSlice;
import org.apache.hudi.common.model.HoodieRecord;
import org.apache.hudi.common.model.HoodieTableType;
import org.apache.hudi.common.table.HoodieTableMetaClient;
import org.apache.hudi.common.table.timeline.HoodieInstant;
import org.apache.hudi.common.table.timeline.HoodieTimeline;
import org.apache.hudi.common.util.Option;
import org.apache.hudi.common.util.collection.ClosableIterator;

/**
 * Upkeep, one step at a time: log files are merged, small files are merged, or versions are kept and let go, files that none of them needs deleted, and
 * old commits archived.
 */
public final class Upkeep {
    private static final int SMALL_FILES_MAX = 7;

    /**
     * A version is kept until this many times as many commits came after it as are retained anyway. Hudi archives no commit that is newer than the
     * oldest savepoint, and each of its actions lists all commits that are not archived. (Its setting to archive beyond savepoints leaves holes in the
     * timeline, whose commits its view of the files then takes for commits that never completed.)
     */
    private static final int SAVED_FACTOR = 20;

    private final TableCommits commits;
    private final WriteOptions options;
    private final RowCodec codec;

    public Upkeep(TableCommits commits, WriteOptions options) {
        this.commits = commits;
        this.options = options;
        this.codec = new RowCodec(commits.stored());
    }

    /** Does the first step that is due; empty when none is. */
    public Optional<String> step(long fence, List<Long> keep) {
        Optional<String> done = mergeLogs();
        if (done.isEmpty()) {
            done = mergeSmallFiles(fence);
        }
        return done.isEmpty() ? history(keep) : done;
    }

    /** In one step, or else versions that come and go at each one would leave no time for the rest. */
    private Optional<String> history(List<Long> keep) {
        List<String> done = new ArrayList<>();
        save(keep).ifPresent(done::add);
        clean().ifPresent(done::add);
        archive().ifPresent(done::add);
        return done.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", done));
    }

    /** Merges log files if enough commits wrote some. */
    public Optional<String> mergeLogs() {
        HoodieTableMetaClient meta = commits.versions().refresh();
        if (meta.getTableType() != HoodieTableType.MERGE_ON_READ) {
            return Optional.empty();
        }
        // One that died is done first.
        Option<HoodieInstant> begun =
                meta.getActiveTimeline().filterPendingCompactionTimeline().firstInstant();
        Option<String> instant = begun.isPresent()
                ? Option.of(begun.get().requestedTime())
                : commits.client().scheduleCompaction(Option.empty());
        if (!instant.isPresent()) {
            return Optional.empty();
        }
        commits.client().compact(instant.get(), true);
        return Optional.of("merged log files (instant=" + instant.get() + ")");
    }

    private Optional<String> mergeSmallFiles(long fence) {
        LakeProgress before = commits.versions().progress(commits.versions().refresh());
        int[] merged = {0};
        Map<String, List<FileSlice>> due = small(commits.files());
        if (due.isEmpty()) {
            return Optional.empty();
        }
        commits.commit(
                Kind.REPLACE,
                commits.stored(),
                current -> {
                    commits.requireFence(current, fence);
                    commits.requireProgress(current, before);
                    return current.withFence(fence);
                },
                open -> {
                    Map<String, List<FileSlice>> slices = small(open.files().slices());
                    List<FileSlice> gone = new ArrayList<>();
                    slices.values().forEach(gone::addAll);
                    merged[0] = gone.size();
                    return merge(open, slices).inPlaceOf(gone);
                });
        return Optional.of("merged small files (files=" + merged[0] + ")");
    }

    private Written merge(OpenCommit open, Map<String, List<FileSlice>> slices) {
        FileGroups groups = new FileGroups(open, codec, List.of());
        List<WriteStatus> statuses = List.of();
        for (Map.Entry<String, List<FileSlice>> partition : slices.entrySet()) {
            try (Rows rows = new Rows(open, partition.getKey(), partition.getValue())) {
                statuses = groups.create(partition.getKey(), rows);
            }
        }
        return new Written(statuses, Map.of());
    }

    /** Slices of base files that are less than half full, of partitions that have too many of them. */
    private Map<String, List<FileSlice>> small(List<FileSlice> slices) {
        Map<String, List<FileSlice>> small = new TreeMap<>();
        for (FileSlice slice : slices) {
            long bytes = slice.getTotalFileSize();
            if (bytes < options.fileBytes() / 2) {
                small.computeIfAbsent(slice.getPartitionPath(), partition -> new ArrayList<>())
                        .add(slice);
            }
        }
        small.values().removeIf(files -> files.size() <= SMALL_FILES_MAX);
        return small;
    }

    /** Savepoints keep the files of versions from being cleaned. */
    private Optional<String> save(List<Long> keep) {
        HoodieTableMetaClient meta = commits.versions().refresh();
        HoodieTimeline versions = TableVersions.completed(meta);
        Set<String> saved = saved(meta);
        Set<String> wanted = new HashSet<>();
        List<String> due = new ArrayList<>();
        for (long number : keep) {
            String version = Long.toString(number);
            int later = versions.findInstantsAfter(version).countInstants();
            if (versions.containsInstant(version) && later < SAVED_FACTOR * options.retainedCommits()) {
                wanted.add(version);
                boolean isDue = !saved.contains(version)
                        && later >= options.retainedCommits() - 1
                        && commits.versions().find(meta, number).isPresent();
                if (isDue) {
                    due.add(version);
                }
            }
        }
        List<String> gone =
                saved.stream().filter(version -> !wanted.contains(version)).toList();
        gone.forEach(commits.client()::deleteSavepoint);
        due.forEach(version -> commits.client().savepoint(version, "tidemark", "a cut that readers may ask for"));
        return due.isEmpty() && gone.isEmpty()
                ? Optional.empty()
                : Optional.of("kept versions (new=" + due.size() + ", let go=" + gone.size() + ")");
    }

    private static HoodieTimeline savepoints(HoodieTableMetaClient meta) {
        return meta.getActiveTimeline().getSavePointTimeline().filterCompletedInstants();
    }

    private static Set<String> saved(HoodieTableMetaClient meta) {
        return savepoints(meta)
                .getInstantsAsStream()
                .map(HoodieInstant::requestedTime)
                .collect(Collectors.toSet());
    }

    /**
     * Whether a partition that holds nothing now, after a truncate, has files of a saved version. Hudi's cleaning deletes such a partition as a whole,
     * savepoints or not.
     */
    private boolean wouldLoseSavedFiles() {
        HoodieTableMetaClient meta = commits.versions().refresh();
        List<HoodieInstant> saved = savepoints(meta).getInstants();
        if (saved.isEmpty()) {
            return false;
        }
        Set<String> live =
                commits.files().stream().map(FileSlice::getPartitionPath).collect(Collectors.toSet());
        for (HoodieInstant savepoint : saved) {
            try {
                boolean isLost =
                        meta
                                .getActiveTimeline()
                                .readSavepointMetadata(savepoint)
                                .getPartitionMetadata()
                                .values()
                                .stream()
                                .filter(partition ->
                                        !partition.getSavepointDataFile().isEmpty())
                                .anyMatch(partition -> !live.contains(partition.getPartitionPath()));
                if (isLost) {
                    return true;
                }
            } catch (IOException e) {
                throw TidemarkException.ofStorage(
                        "Cannot read what a kept version consists of",
                        " (version=" + savepoint.requestedTime() + ")",
                        e);
            }
        }
        return false;
    }

    private Optional<String> clean() {
        if (wouldLoseSavedFiles()) {
            return Optional.empty();
        }
        Object cleaned = commits.client().clean();
        return cleaned == null ? Optional.empty() : Optional.of("deleted files that no kept version needs");
    }

    private Optional<String> archive() {
        int before = commits.versions().refresh().getActiveTimeline().countInstants();
        commits.client().archive();
        int after = commits.versions().refresh().getActiveTimeline().countInstants();
        return after < before ? Optional.of("archived commits (count=" + (before - after) + ")") : Optional.empty();
    }

    /** Rows of slices, one after the other. */
    private final class Rows implements Iterator<Pending>, AutoCloseable {
        private final OpenCommit open;
        private final String partition;
        private final Iterator<FileSlice> slices;
        private final Schema whole = HoodieAvroUtils.addMetadataFields(codec.schema(), false);
        private final int keyPlace =
                whole.getField(HoodieRecord.RECORD_KEY_METADATA_FIELD).pos();
        private final int[] places = codec.places(whole);
        private ClosableIterator<IndexedRecord> rows =
                ClosableIterator.wrap(List.<IndexedRecord>of().iterator());

        Rows(OpenCommit open, String partition, List<FileSlice> slices) {
            this.open = open;
            this.partition = partition;
            this.slices = slices.iterator();
        }

        @Override
        public boolean hasNext() {
            while (!rows.hasNext() && slices.hasNext()) {
                rows.close();
                rows = open.files().read(slices.next(), whole, whole);
            }
            return rows.hasNext();
        }

        @Override
        public Pending next() {
            IndexedRecord row = rows.next();
            return Pending.upsert(row.get(keyPlace).toString(), codec.encode(codec.project(row, places)), partition);
        }

        @Override
        public void close() {
            rows.close();
        }
    }
}
