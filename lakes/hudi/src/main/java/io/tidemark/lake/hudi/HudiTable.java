package io.tidemark.lake.hudi;

import io.tidemark.lake.hudi.apply.ChunkRows;
import io.tidemark.lake.hudi.apply.Duplicates;
import io.tidemark.lake.hudi.apply.KeyedApply;
import io.tidemark.lake.hudi.apply.KeylessApply;
import io.tidemark.lake.hudi.apply.SpreadUpsert;
import io.tidemark.lake.hudi.apply.Upkeep;
import io.tidemark.lake.hudi.commit.PinnedVersions;
import io.tidemark.lake.hudi.commit.TableCommits;
import io.tidemark.lake.hudi.commit.TableCommits.Kind;
import io.tidemark.lake.hudi.commit.TableCommits.Written;
import io.tidemark.lake.hudi.commit.TableVersions;
import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.lake.SpreadApply;
import io.tidemark.spi.lake.SupportsSpreadApply;
import io.tidemark.spi.schema.RowSchema;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A mirror table in Hudi. */
final class HudiTable implements LakeTable, SupportsSpreadApply {
    private final StoredSpec stored;
    private final TableVersions versions;
    private final PinnedVersions pins;
    private final WriteOptions options;
    private final Object chunkLock = new Object();

    private @Nullable TableCommits commits;
    private LoadChunk.@Nullable LoadState load;
    private volatile boolean isApplying;

    HudiTable(StoredSpec stored, TableVersions versions, WriteOptions options) {
        this.stored = stored;
        this.versions = versions;
        this.pins = new PinnedVersions(versions);
        this.options = options;
    }

    @Override
    public LakeTableSpec spec() {
        return stored.spec();
    }

    @Override
    public LakeProgress progress() {
        return versions.progress(versions.refresh());
    }

    @Override
    public synchronized LakeProgress beginLoad(String loadId, long fence) {
        LakeProgress before = progress();
        TableCommits commits = commits();
        commits.requireFence(before, fence);
        commits.rollBackPending();
        LakeProgress begun = before;
        boolean isResumed = before.loadId().equals(loadId) && before.version() >= 0;
        if (!isResumed || before.fence() < fence) {
            LakeProgress next = isResumed
                    ? before.withFence(fence)
                    : new LakeProgress(-1, loadId, false, Set.of(), Position.ZERO, 0, fence, 0);
            begun = commits.commit(
                    !isResumed && before.version() >= 0 ? Kind.REPLACE : Kind.CHANGE,
                    stored,
                    current -> {
                        commits.requireFence(current, fence);
                        commits.requireProgress(current, before);
                        return next;
                    },
                    open -> isResumed
                            ? Written.NOTHING
                            : Written.replacing(open.files().slices()));
        }
        load = new LoadChunk.LoadState(loadId, fence);
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
        return new LoadChunk(this, current, ordinal, new ChunkRows(stored, options));
    }

    /** Commits the rows of a chunk, unless it is there already. */
    void commitChunk(LoadChunk.LoadState state, int ordinal, ChunkRows rows) {
        synchronized (chunkLock) {
            LakeProgress before = progress();
            requireLoading(before, state);
            if (before.chunks().contains(ordinal)) {
                return;
            }
            commits()
                    .commit(
                            Kind.APPEND,
                            stored,
                            current -> {
                                requireLoading(current, state);
                                if (current.chunks().contains(ordinal)) {
                                    throw commits().fenced("another worker loaded its chunk (chunk=" + ordinal + ")");
                                }
                                Set<Integer> chunks = new TreeSet<>(current.chunks());
                                chunks.add(ordinal);
                                return new LakeProgress(
                                        -1,
                                        current.loadId(),
                                        false,
                                        chunks,
                                        current.applied(),
                                        0,
                                        state.fence(),
                                        current.newestCommitMicros());
                            },
                            rows::write);
        }
    }

    @Override
    public synchronized LakeProgress finishLoad(LakeProgress progress) {
        LoadChunk.LoadState state = load;
        if (state == null) {
            throw new IllegalStateException("Cannot finish a load before it began");
        }
        LakeProgress before = progress();
        commits().requireFence(before, state.fence());
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
        LakeProgress done = commits()
                .commit(
                        Kind.CHANGE,
                        stored,
                        current -> {
                            requireLoading(current, state);
                            return next;
                        },
                        spec().schema().hasKey() && before.chunks().size() > 1
                                ? open -> new Duplicates(stored, options).remove(open)
                                : open -> Written.NOTHING);
        load = null;
        return done;
    }

    @Override
    public synchronized LakeApply beginApply(LakeProgress expected, long fence) {
        LakeProgress current = begin(expected, fence);
        isApplying = true;
        Runnable onEnd = () -> isApplying = false;
        return spec().schema().hasKey()
                ? new KeyedApply(commits(), current, fence, options, onEnd)
                : new KeylessApply(commits(), current, fence, options, onEnd);
    }

    @Override
    public synchronized SpreadApply beginSpreadApply(LakeProgress expected, long fence) {
        if (!spec().schema().hasKey()) {
            throw new IllegalStateException("Cannot spread an apply: the table has no key (table="
                    + spec().schema().table() + ")");
        }
        LakeProgress current = begin(expected, fence);
        isApplying = true;
        return new SpreadUpsert(commits(), current, fence, options, () -> isApplying = false);
    }

    private LakeProgress begin(LakeProgress expected, long fence) {
        requireIdle("begin an apply");
        LakeProgress current = progress();
        TableCommits commits = commits();
        commits.requireFence(current, fence);
        commits.requireProgress(current, expected);
        if (!current.loaded()) {
            throw new TidemarkException(
                    ErrorCode.LAKE_COMMIT_CONFLICT,
                    "Cannot apply to " + spec().schema().table() + ": its load is not finished (load="
                            + current.loadId() + ")");
        }
        commits.rollBackPending();
        return current;
    }

    @Override
    public synchronized void evolve(RowSchema next, long fence) {
        requireIdle("change its columns");
        LakeProgress before = progress();
        commits().requireFence(before, fence);
        StoredSpec after = stored.evolved(spec().with(next));
        commits()
                .commit(
                        Kind.CHANGE,
                        after,
                        current -> {
                            commits().requireFence(current, fence);
                            commits().requireProgress(current, before);
                            return current.withFence(fence);
                        },
                        open -> Written.NOTHING);
    }

    @Override
    public synchronized Optional<String> maintain(long fence, List<Long> keep) {
        requireIdle("maintain");
        commits().requireFence(progress(), fence);
        commits().rollBackPending();
        return new Upkeep(commits(), options).step(fence, keep);
    }

    @Override
    public PinnedTable pin() {
        return pins.newest(stored);
    }

    @Override
    public Optional<PinnedTable> pin(long version) {
        return pins.find(version);
    }

    @Override
    public Optional<PinnedTable> pinAsOf(Instant time) {
        return pins.asOf(time);
    }

    @Override
    public void readAll(PinnedTable pinned, Consumer<ChangeBatch> consumer) {
        pins.readAll(pinned, consumer);
    }

    @Override
    public synchronized void close() {
        if (commits != null) {
            commits.close();
            commits = null;
        }
    }

    /** Hudi's write client is made when something is written: who only reads needs none. */
    private synchronized TableCommits commits() {
        TableCommits made = commits;
        if (made == null) {
            made = new TableCommits(versions, stored, options);
            commits = made;
        }
        return made;
    }

    private void requireIdle(String verb) {
        if (isApplying) {
            throw new IllegalStateException("Cannot " + verb + ": an apply is under way (table="
                    + spec().schema().table() + ")");
        }
    }

    private void requireLoading(LakeProgress current, LoadChunk.LoadState state) {
        commits().requireFence(current, state.fence());
        if (!current.loadId().equals(state.id()) || current.loaded()) {
            throw commits()
                    .fenced("another load took over (load=" + state.id() + ", newer=" + current.loadId() + ", loaded="
                            + current.loaded() + ")");
        }
    }
}
