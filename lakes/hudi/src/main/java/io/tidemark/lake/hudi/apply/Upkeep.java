package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.commit.OpenCommit;
import io.tidemark.lake.hudi.commit.TableCommits;
import io.tidemark.lake.hudi.commit.TableCommits.Kind;
import io.tidemark.lake.hudi.commit.TableCommits.Written;
import io.tidemark.lake.hudi.commit.TableVersions;
import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.lake.hudi.row.RowCodec;
import io.tidemark.spi.lake.LakeProgress;
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

/** Upkeep, one step at a time: log files are merged, small files are merged, files that no kept version needs are deleted, old commits archived. */
public final class Upkeep {
    private static final int SMALL_FILES_MAX = 7;

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
        if (done.isEmpty()) {
            done = save(keep);
        }
        if (done.isEmpty()) {
            done = clean();
        }
        return done.isEmpty() ? archive() : done;
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
        Set<String> wanted = new HashSet<>();
        keep.forEach(version -> wanted.add(Long.toString(version)));
        Set<String> saved = saved(meta);
        for (String version : saved) {
            if (!wanted.contains(version)) {
                commits.client().deleteSavepoint(version);
                return Optional.of("let go of a version (version=" + version + ")");
            }
        }
        HoodieTimeline versions = TableVersions.completed(meta);
        for (String version : wanted) {
            boolean isDue = !saved.contains(version)
                    && versions.containsInstant(version)
                    && versions.findInstantsAfter(version).countInstants() >= options.retainedCommits() - 1
                    && commits.versions().find(meta, Long.parseLong(version)).isPresent();
            if (isDue) {
                commits.client().savepoint(version, "tidemark", "a cut that readers may ask for");
                return Optional.of("kept a version (version=" + version + ")");
            }
        }
        return Optional.empty();
    }

    private static Set<String> saved(HoodieTableMetaClient meta) {
        Set<String> saved = new HashSet<>();
        meta.getActiveTimeline()
                .getSavePointTimeline()
                .filterCompletedInstants()
                .getInstants()
                .forEach(instant -> saved.add(instant.requestedTime()));
        return saved;
    }

    /**
     * Whether a partition that holds nothing now, after a truncate, has files of a saved version. Hudi's cleaning deletes such a partition as a whole,
     * savepoints or not.
     */
    private boolean wouldLoseSavedFiles() {
        HoodieTableMetaClient meta = commits.versions().refresh();
        Set<String> live = partitions(commits.files());
        for (String version : saved(meta)) {
            Optional<HoodieInstant> found = commits.versions().find(meta, Long.parseLong(version));
            if (found.isPresent()
                    && !live.containsAll(partitions(
                            commits.versions().files(meta, found.orElseThrow()).slices()))) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> partitions(List<FileSlice> slices) {
        return slices.stream().map(FileSlice::getPartitionPath).collect(Collectors.toSet());
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
