package io.tidemark.lake.upsert;

import io.tidemark.lake.upsert.apply.ApplyLimits;
import io.tidemark.lake.upsert.apply.KeyedApply;
import io.tidemark.lake.upsert.apply.KeylessApply;
import io.tidemark.lake.upsert.apply.PendingChanges;
import io.tidemark.lake.upsert.apply.SplitApply;
import io.tidemark.lake.upsert.index.IndexHeader;
import io.tidemark.lake.upsert.index.IndexSync;
import io.tidemark.lake.upsert.index.KeyIndex;
import io.tidemark.lake.upsert.index.NewEntries;
import io.tidemark.lake.upsert.index.RowLocation;
import io.tidemark.lake.upsert.index.SearchedKeys;
import io.tidemark.lake.upsert.maintain.Compaction;
import io.tidemark.lake.upsert.maintain.Rewrite;
import io.tidemark.lake.upsert.table.LiveFiles;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableChange;
import io.tidemark.lake.upsert.table.TableFiles;
import io.tidemark.lake.upsert.table.TableStore;
import io.tidemark.lake.upsert.table.TableVersion;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeRewrite;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LatestBy;
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
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A mirror table over what its format gives. */
public final class MirrorTable implements LakeTable {
    private static final Logger LOG = LoggerFactory.getLogger(MirrorTable.class);

    /** Chunk commits of other processes may come between; a commit that only appends is then made again. */
    private static final int CHUNK_COMMITS_MAX = 20;

    private final TableStore store;
    private final Supplier<KeyIndex> indexOpening;
    private final ApplyLimits limits;
    private final Compaction.Rules rules;
    private final Object chunkLock = new Object();

    private @Nullable KeyIndex index;
    private LoadChunk.@Nullable LoadState load;
    private volatile boolean isApplying;

    /**
     * @param indexOpening opens the key index of the table; asked when first applied to
     */
    public MirrorTable(TableStore store, Supplier<KeyIndex> indexOpening, ApplyLimits limits, Compaction.Rules rules) {
        this.store = store;
        this.indexOpening = indexOpening;
        this.limits = limits;
        this.rules = rules;
    }

    @Override
    public LakeTableSpec spec() {
        return store.spec();
    }

    @Override
    public LakeProgress progress() {
        return store.refresh().progress();
    }

    @Override
    public synchronized LakeProgress beginLoad(String loadId, long fence) {
        TableVersion base = store.refresh();
        LakeProgress before = base.progress();
        requireFence(before, fence);
        LakeProgress begun = before;
        if (before.version() < 0 || !before.loadId().equals(loadId) || before.fence() < fence) {
            boolean isResumed = before.loadId().equals(loadId) && before.version() >= 0;
            LakeProgress next = isResumed
                    ? before.withFence(fence)
                    : new LakeProgress(-1, loadId, false, Set.of(), Position.ZERO, 0, fence, 0);
            begun = store.commit(base, next, isResumed ? TableChange.NONE : TableChange.CLEARED)
                    .progress();
        }
        load = new LoadChunk.LoadState(loadId, fence);
        return begun;
    }

    @Override
    public ChunkWriter openChunk(int ordinal) {
        return new LoadChunk(this, load(), ordinal, loadFiles());
    }

    private synchronized LoadChunk.LoadState load() {
        if (load == null) {
            throw new IllegalStateException("Cannot load chunks before the load began");
        }
        return load;
    }

    /** Where the rows of chunks can be written by others while the load goes on; {@link #commitChunks} makes them part of it. */
    public TableFiles loadFiles() {
        return store.files(store.refresh());
    }

    /**
     * Commits chunks whose rows others have written.
     *
     * @param files what {@link ChunkFiles} gave
     */
    public void commitChunks(Set<Integer> ordinals, List<StoredFile> files) {
        if (!commitChunks(load(), ordinals, files)) {
            throw new TidemarkException(
                    ErrorCode.LAKE_COMMIT_CONFLICT,
                    "Cannot commit chunks to " + name() + ": some are there already (chunks=" + ordinals + ")");
        }
    }

    /** Commits the files of chunks; false when one was there already, and the files are not needed. */
    boolean commitChunks(LoadChunk.LoadState state, Set<Integer> ordinals, List<StoredFile> files) {
        synchronized (chunkLock) {
            for (int attempt = 1; ; attempt++) {
                TableVersion base = store.refresh();
                LakeProgress before = base.progress();
                requireLoading(before, state);
                Set<Integer> chunks = new TreeSet<>(before.chunks());
                chunks.addAll(ordinals);
                if (chunks.size() < before.chunks().size() + ordinals.size()) {
                    return false;
                }
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
                    store.commit(base, next, TableChange.added(files));
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
        TableVersion base = store.refresh();
        LakeProgress before = base.progress();
        requireFence(before, state.fence());
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
        LakeProgress done = store.commit(base, next, TableChange.NONE).progress();
        load = null;
        return done;
    }

    @Override
    public synchronized LakeApply beginApply(LakeProgress expected, long fence) {
        TableVersion base = begin(expected, fence);
        if (!spec().schema().hasKey()) {
            isApplying = true;
            return new KeylessApply(PendingChanges.of(store, base), base.progress(), fence, limits, new Ending());
        }
        KeyIndex opened = openIndex();
        base = syncIndex(opened, base, fence);
        isApplying = true;
        return new KeyedApply(PendingChanges.of(store, base), opened, base.progress(), fence, limits, new Ending());
    }

    @Override
    public synchronized LakeApply beginApplyWithoutIndex(LakeProgress expected, long fence) {
        if (!spec().schema().hasKey()) {
            return beginApply(expected, fence);
        }
        TableVersion base = begin(expected, fence);
        PendingChanges changes = PendingChanges.of(store, base);
        SearchedKeys keys = new SearchedKeys(store.files(base), store.live(base), changes::mark);
        isApplying = true;
        return new KeyedApply(changes, keys, base.progress(), fence, limits, new Ending());
    }

    /**
     * Starts an upsert of a table with a key that is applied in parts, without the key index. Conditions are those of {@link #beginApply}; it has to
     * be closed before the next one begins.
     */
    public synchronized SplitApply split(LakeProgress expected, long fence) {
        TableVersion base = begin(expected, fence);
        if (!spec().schema().hasKey()) {
            throw new IllegalStateException("Cannot apply in parts: the table has no key (table=" + name() + ")");
        }
        isApplying = true;
        return new SplitApply(store, base, fence, () -> isApplying = false);
    }

    private TableVersion begin(LakeProgress expected, long fence) {
        requireIdle("begin an apply");
        TableVersion base = store.refresh();
        LakeProgress current = base.progress();
        requireFence(current, fence);
        requireProgress(current, expected);
        if (!current.loaded()) {
            throw new TidemarkException(
                    ErrorCode.LAKE_COMMIT_CONFLICT,
                    "Cannot apply to " + name() + ": its load is not finished (load=" + current.loadId() + ")");
        }
        return base;
    }

    @Override
    public synchronized void evolve(RowSchema next, long fence) {
        requireIdle("change its columns");
        TableVersion base = store.refresh();
        requireFence(base.progress(), fence);
        LakeTableSpec later = spec().with(next);
        LatestBy.of(later);
        store.evolve(base, later, fence);
    }

    @Override
    public synchronized Optional<String> maintain(long fence, List<Long> keep) {
        requireIdle("maintain");
        TableVersion base = store.refresh();
        requireFence(base.progress(), fence);
        if (base.progress().version() < 0) {
            return Optional.empty();
        }
        return store.maintain(base, fence, keep);
    }

    @Override
    public synchronized Optional<LakeRewrite> planRewrite() {
        TableVersion base = store.refresh();
        return base.progress().version() < 0
                ? Optional.empty()
                : new Compaction(store, base, rules).plan(index).map(rewrite -> rewrite);
    }

    @Override
    public synchronized Optional<String> commitRewrite(LakeRewrite rewrite, long fence) {
        requireIdle("commit a rewrite");
        TableVersion base = store.refresh();
        requireFence(base.progress(), fence);
        Optional<Rewrite.Done> done = ((Rewrite) rewrite).commit(store, base, fence);
        done.ifPresent(committed -> adoptEntries((Rewrite) rewrite, base, committed));
        return done.map(committed -> ((Rewrite) rewrite).summary());
    }

    /** Brings the index along, so that the next apply need not. If that fails, it does, from what the index still has. */
    private void adoptEntries(Rewrite rewrite, TableVersion base, Rewrite.Done done) {
        NewEntries entries = rewrite.entries();
        LakeProgress before = base.progress();
        if (index == null
                || entries == null
                || !entries.areFor(index, new IndexHeader(base.tableUuid(), before.loadId(), before.version()))) {
            return;
        }
        TableVersion version = done.committed().version();
        LiveFiles live = store.live(version);
        LakeProgress after = done.committed().progress();
        try {
            entries.adopt(
                    store.files(version),
                    file -> done.deleted().getOrDefault(file, new RoaringBitmap()),
                    path -> live.find(path) != null,
                    new IndexHeader(base.tableUuid(), after.loadId(), after.version()));
        } catch (TidemarkException e) {
            LOG.warn("Left the key index to the next apply table={} code={} reason={}", name(), e.code(), e.reason());
            closeIndex();
        }
    }

    @Override
    public PinnedTable pin() {
        return store.pin();
    }

    @Override
    public Optional<PinnedTable> pin(long version) {
        return store.pin(version);
    }

    @Override
    public Optional<PinnedTable> pinAsOf(Instant time) {
        return store.pinAsOf(time);
    }

    @Override
    public void readAll(PinnedTable pinned, Consumer<ChangeBatch> consumer) {
        if (pinned.progress().version() >= 0) {
            store.readAll(pinned, consumer);
        }
    }

    @Override
    public synchronized void close() {
        closeIndex();
    }

    /** Refuses what a worker that was taken over would do. */
    private void requireFence(LakeProgress current, long fence) {
        if (fence < current.fence()) {
            throw new TidemarkException(
                    ErrorCode.LAKE_COMMIT_FENCED,
                    "Cannot commit to " + name() + ": a newer worker has committed (fence=" + fence + ", newer="
                            + current.fence() + ")");
        }
    }

    /** Refuses when the table's progress is not what was expected. */
    private void requireProgress(LakeProgress current, LakeProgress expected) {
        if (!current.isSameAs(expected)) {
            throw new TidemarkException(
                    ErrorCode.LAKE_COMMIT_FENCED,
                    "Cannot commit to " + name() + ": its progress is not the expected one (applied="
                            + current.applied() + ", expected=" + expected.applied() + ", slice=" + current.slice()
                            + ", expectedSlice=" + expected.slice() + ", load=" + current.loadId()
                            + ", expectedLoad=" + expected.loadId() + ")");
        }
    }

    private String name() {
        return spec().schema().table().toString();
    }

    private void requireIdle(String verb) {
        if (isApplying) {
            throw new IllegalStateException("Cannot " + verb + ": an apply is under way (table=" + name() + ")");
        }
    }

    private void requireLoading(LakeProgress current, LoadChunk.LoadState state) {
        requireFence(current, state.fence());
        if (!current.loadId().equals(state.id()) || current.loaded()) {
            throw new TidemarkException(
                    ErrorCode.LAKE_COMMIT_FENCED,
                    "Cannot load " + name() + ": another load took over (load=" + state.id() + ", newer="
                            + current.loadId() + ", loaded=" + current.loaded() + ")");
        }
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
    private TableVersion syncIndex(KeyIndex opened, TableVersion base, long fence) {
        LakeProgress progress = base.progress();
        IndexHeader wanted = new IndexHeader(base.tableUuid(), progress.loadId(), progress.version());
        if (opened.header().filter(wanted::equals).isPresent()) {
            return base;
        }
        IndexSync sync = new IndexSync(opened, store, base);
        List<Long> duplicates = sync.run();
        if (duplicates.isEmpty()) {
            sync.complete(wanted);
            return base;
        }
        PendingChanges changes = PendingChanges.of(store, base);
        for (long duplicate : duplicates) {
            String path = Objects.requireNonNull(opened.path(RowLocation.file(duplicate)));
            StoredFile file = Objects.requireNonNull(store.live(base).find(path));
            changes.mark(file, RowLocation.row(duplicate));
        }
        try {
            TableStore.Committed committed =
                    changes.commit(progress.withFence(fence)).committed();
            sync.complete(new IndexHeader(
                    base.tableUuid(), progress.loadId(), committed.progress().version()));
            return committed.version();
        } finally {
            changes.discard();
        }
    }

    /** What becomes of an apply. */
    private final class Ending implements KeyedApply.Listener {
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
