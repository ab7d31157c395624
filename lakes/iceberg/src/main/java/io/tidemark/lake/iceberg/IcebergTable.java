package io.tidemark.lake.iceberg;

import io.tidemark.lake.iceberg.apply.ApplyLimits;
import io.tidemark.lake.iceberg.apply.KeyedApply;
import io.tidemark.lake.iceberg.apply.KeylessApply;
import io.tidemark.lake.iceberg.apply.PendingChanges;
import io.tidemark.lake.iceberg.commit.ProgressSummary;
import io.tidemark.lake.iceberg.commit.TableCommits;
import io.tidemark.lake.iceberg.commit.TableCommits.Committed;
import io.tidemark.lake.iceberg.index.IndexHeader;
import io.tidemark.lake.iceberg.index.IndexSync;
import io.tidemark.lake.iceberg.index.KeyIndex;
import io.tidemark.lake.iceberg.index.RowLocation;
import io.tidemark.lake.iceberg.maintain.Upkeep;
import io.tidemark.lake.iceberg.plan.GenericRows;
import io.tidemark.lake.iceberg.plan.LiveFiles;
import io.tidemark.lake.iceberg.plan.PinnedVersions;
import io.tidemark.lake.iceberg.schema.SchemaEvolution;
import io.tidemark.lake.iceberg.write.MirrorFiles;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.schema.RowSchema;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.expressions.Expressions;
import org.jspecify.annotations.Nullable;

/** A mirror table in Iceberg. */
final class IcebergTable implements LakeTable {
    /** Chunk commits of other processes may come between; a commit that only appends is then made again. */
    private static final int CHUNK_COMMITS_MAX = 20;

    private final LakeTableSpec spec;
    private final TableCommits commits;
    private final PinnedVersions versions;
    private final Supplier<KeyIndex> indexOpening;
    private final ApplyLimits limits;
    private final Upkeep upkeep;
    private final Object chunkLock = new Object();

    private @Nullable KeyIndex index;
    private @Nullable LiveFiles live;
    private LoadChunk.@Nullable LoadState load;
    private volatile boolean isApplying;

    IcebergTable(
            LakeTableSpec spec,
            TableOperations operations,
            Supplier<KeyIndex> indexOpening,
            ApplyLimits limits,
            Upkeep.Rules rules) {
        this.spec = spec;
        this.commits = new TableCommits(spec.schema().table(), operations);
        this.versions = new PinnedVersions(commits);
        this.indexOpening = indexOpening;
        this.limits = limits;
        this.upkeep = new Upkeep(commits, spec, rules);
    }

    @Override
    public LakeTableSpec spec() {
        return spec;
    }

    @Override
    public LakeProgress progress() {
        return ProgressSummary.read(commits.refresh());
    }

    @Override
    public synchronized LakeProgress beginLoad(String loadId, long fence) {
        TableMetadata base = commits.refresh();
        LakeProgress before = ProgressSummary.read(base);
        commits.requireFence(before, fence);
        LakeProgress begun = before;
        if (before.version() < 0 || !before.loadId().equals(loadId) || before.fence() < fence) {
            boolean isResumed = before.loadId().equals(loadId) && before.version() >= 0;
            LakeProgress next = isResumed
                    ? ProgressSummary.withFence(before, fence)
                    : new LakeProgress(-1, loadId, false, Set.of(), Position.ZERO, 0, fence, 0);
            begun = commits.commit(base, next, table -> isResumed ? table.newFastAppend() : replaced(table))
                    .progress();
        }
        load = new LoadChunk.LoadState(loadId, fence);
        live = null;
        return begun;
    }

    @Override
    public ChunkWriter openChunk(int ordinal) {
        LoadChunk.LoadState current;
        synchronized (this) {
            current = load;
        }
        if (current == null) {
            throw new IllegalStateException("Cannot open a chunk before the load began");
        }
        return new LoadChunk(this, current, ordinal, files(commits.refresh()));
    }

    /** Commits the files of a chunk; false when the chunk was there already, and the files are not needed. */
    boolean commitChunk(LoadChunk.LoadState state, int ordinal, List<DataFile> files) {
        synchronized (chunkLock) {
            for (int attempt = 1; ; attempt++) {
                TableMetadata base = commits.refresh();
                LakeProgress before = ProgressSummary.read(base);
                requireLoading(before, state);
                if (before.chunks().contains(ordinal)) {
                    return false;
                }
                Set<Integer> chunks = new TreeSet<>(before.chunks());
                chunks.add(ordinal);
                LakeProgress next = new LakeProgress(
                        -1,
                        before.loadId(),
                        false,
                        chunks,
                        before.applied(),
                        0,
                        state.fence(),
                        before.newestCommitMicros());
                try {
                    commits.commit(base, next, table -> appended(table, files));
                    return true;
                } catch (TidemarkException e) {
                    boolean isRetried =
                            e.code() == ErrorCode.LAKE_COMMIT_CONFLICT || e.code() == ErrorCode.LAKE_COMMIT_FENCED;
                    if (!isRetried || attempt == CHUNK_COMMITS_MAX) {
                        throw e;
                    }
                }
            }
        }
    }

    @Override
    public synchronized LakeProgress finishLoad(LakeProgress progress) {
        LoadChunk.LoadState state = load;
        if (state == null) {
            throw new IllegalStateException("Cannot finish a load before it began");
        }
        TableMetadata base = commits.refresh();
        LakeProgress before = ProgressSummary.read(base);
        commits.requireFence(before, state.fence());
        if (before.loaded() && before.loadId().equals(state.id())) {
            return before;
        }
        requireLoading(before, state);
        LakeProgress next = new LakeProgress(
                -1,
                state.id(),
                true,
                Set.of(),
                progress.applied(),
                progress.slice(),
                state.fence(),
                progress.newestCommitMicros());
        LakeProgress done = commits.commit(base, next, Table::newFastAppend).progress();
        load = null;
        live = null;
        return done;
    }

    @Override
    public synchronized LakeApply beginApply(LakeProgress expected, long fence) {
        requireIdle("begin an apply");
        TableMetadata base = commits.refresh();
        LakeProgress current = ProgressSummary.read(base);
        commits.requireFence(current, fence);
        commits.requireProgress(current, expected);
        if (!current.loaded()) {
            throw new TidemarkException(
                    ErrorCode.LAKE_COMMIT_CONFLICT,
                    "Cannot apply to " + spec.schema().table() + ": its load is not finished (load=" + current.loadId()
                            + ")");
        }
        if (!spec.schema().hasKey()) {
            isApplying = true;
            return new KeylessApply(changes(base), current, fence, limits, new Ending());
        }
        KeyIndex opened = openIndex();
        base = syncIndex(opened, base, current, fence);
        isApplying = true;
        return new KeyedApply(changes(base), opened, ProgressSummary.read(base), fence, limits, new Ending());
    }

    @Override
    public synchronized void evolve(RowSchema next, long fence) {
        requireIdle("change its columns");
        TableMetadata base = commits.refresh();
        commits.requireFence(ProgressSummary.read(base), fence);
        LakeTableSpec after = new LakeTableSpec(next, spec.partitions(), spec.deletes());
        commits.commitMetadata(base, fence, target -> new SchemaEvolution(target, spec, after));
        live = null;
    }

    @Override
    public synchronized Optional<String> maintain(long fence, List<Long> keep) {
        requireIdle("maintain");
        TableMetadata base = commits.refresh();
        commits.requireFence(ProgressSummary.read(base), fence);
        return upkeep.step(base, live(base), fence, keep);
    }

    @Override
    public PinnedTable pin() {
        return versions.newest();
    }

    @Override
    public Optional<PinnedTable> pin(long version) {
        return versions.find(version);
    }

    @Override
    public Optional<PinnedTable> pinAsOf(Instant time) {
        return versions.asOf(time);
    }

    @Override
    public void readAll(PinnedTable pinned, Consumer<ChangeBatch> consumer) {
        if (pinned.progress().version() >= 0) {
            GenericRows.read(
                    commits.reading(commits.refresh()), pinned.progress().version(), pinned.spec(), consumer);
        }
    }

    @Override
    public synchronized void close() {
        closeIndex();
    }

    private void requireIdle(String verb) {
        if (isApplying) {
            throw new IllegalStateException("Cannot " + verb + ": an apply is under way (table="
                    + spec.schema().table() + ")");
        }
    }

    private void requireLoading(LakeProgress current, LoadChunk.LoadState state) {
        commits.requireFence(current, state.fence());
        if (!current.loadId().equals(state.id()) || current.loaded()) {
            throw new TidemarkException(
                    ErrorCode.LAKE_COMMIT_FENCED,
                    "Cannot load " + spec.schema().table() + ": another load took over (load=" + state.id() + ", newer="
                            + current.loadId() + ", loaded=" + current.loaded() + ")");
        }
    }

    /** An update after which the table is empty, whatever it held. */
    private static SnapshotUpdate<?> replaced(Table table) {
        return table.currentSnapshot() == null
                ? table.newFastAppend()
                : table.newDelete().deleteFromRowFilter(Expressions.alwaysTrue());
    }

    private static SnapshotUpdate<?> appended(Table table, List<DataFile> files) {
        AppendFiles append = table.newAppend();
        files.forEach(append::appendFile);
        return append;
    }

    private PendingChanges changes(TableMetadata base) {
        return new PendingChanges(commits, base, files(base), live(base));
    }

    private MirrorFiles files(TableMetadata metadata) {
        return MirrorFiles.of(commits.reading(metadata), spec);
    }

    private LiveFiles live(TableMetadata base) {
        long version =
                base.currentSnapshot() == null ? -1 : base.currentSnapshot().snapshotId();
        LiveFiles known = live;
        if (known == null || known.version() != version) {
            known = LiveFiles.plan(commits.reading(base), version);
            live = known;
        }
        return known;
    }

    private KeyIndex openIndex() {
        KeyIndex opened = index;
        if (opened == null) {
            opened = indexOpening.get();
            index = opened;
        }
        return opened;
    }

    private void closeIndex() {
        if (index != null) {
            index.close();
            index = null;
        }
    }

    /** Brings the index to the version; returns the version that it then reflects, a newer one if rows with a key in common had to go. */
    private TableMetadata syncIndex(KeyIndex opened, TableMetadata base, LakeProgress progress, long fence) {
        IndexHeader wanted = new IndexHeader(
                base.uuid(),
                progress.loadId(),
                Objects.requireNonNull(base.currentSnapshot()).snapshotId());
        if (opened.header().filter(wanted::equals).isPresent()) {
            return base;
        }
        IndexSync sync = new IndexSync(opened, files(base), live(base));
        List<Long> duplicates = sync.run(base, progress.loadId());
        if (duplicates.isEmpty()) {
            sync.complete(wanted);
            return base;
        }
        PendingChanges changes = changes(base);
        for (long duplicate : duplicates) {
            String path = Objects.requireNonNull(opened.path(RowLocation.file(duplicate)));
            changes.mark(Objects.requireNonNull(live(base).find(path)).file(), RowLocation.row(duplicate));
        }
        try {
            Committed committed =
                    changes.commit(ProgressSummary.withFence(progress, fence)).committed();
            live = null;
            sync.complete(new IndexHeader(
                    base.uuid(), progress.loadId(), committed.version().snapshotId()));
            return committed.metadata();
        } finally {
            changes.discard();
        }
    }

    /** What becomes of an apply. */
    private final class Ending implements KeyedApply.Listener {
        @Override
        public void committed(PendingChanges.Outcome outcome) {
            live = outcome.live();
        }

        @Override
        public void indexFailed() {
            closeIndex();
        }

        @Override
        public void ended() {
            isApplying = false;
        }
    }
}
