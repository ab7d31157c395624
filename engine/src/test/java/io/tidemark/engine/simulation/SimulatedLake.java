package io.tidemark.engine.simulation;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeRewrite;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.testkit.lake.Events;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The lake: mirrors with versions, and commits that are conditional on what they were computed from. */
final class SimulatedLake {
    /** Versions that upkeep leaves, besides those that it is told to keep. */
    private static final int VERSIONS_KEPT = 3;

    private final World world;
    private final Map<TableId, Mirror> mirrors = new HashMap<>();
    private final Map<TableId, Mirror> making = new HashMap<>();
    private long lastVersion;

    SimulatedLake(World world) {
        this.world = world;
    }

    /** As a process sees it. */
    Lake seen() {
        return new Seen();
    }

    @Nullable
    Mirror mirror(TableId table) {
        return mirrors.get(table);
    }

    /** A version of a mirror. */
    record Version(LakeProgress progress, Rows rows) {}

    /** A mirror, or one in the making. */
    final class Mirror {
        private final LakeTableSpec spec;
        private final NavigableMap<Long, Version> versions = new TreeMap<>();
        private LakeProgress progress = LakeProgress.NONE;
        private long firstVersion = Long.MAX_VALUE;
        private Rows rows;

        private Mirror(LakeTableSpec spec) {
            this.spec = spec;
            this.rows = Rows.of(spec.schema());
        }

        LakeProgress progress() {
            return progress;
        }

        Rows rows() {
            return rows;
        }

        Optional<Version> version(long number) {
            return Optional.ofNullable(versions.get(number));
        }

        /** The version that the end of the load made. */
        long firstVersion() {
            return firstVersion;
        }

        private LakeProgress put(LakeProgress next, Rows nextRows) {
            progress = next.withVersion(++lastVersion);
            rows = nextRows;
            if (progress.loaded()) {
                firstVersion = Math.min(firstVersion, progress.version());
            }
            versions.put(progress.version(), new Version(progress, rows));
            world.invariants().committed(spec.schema().table(), this);
            return progress;
        }

        private boolean isCurrent() {
            TableId table = spec.schema().table();
            return mirrors.get(table) == this || making.get(table) == this;
        }

        private void requireFence(long fence) {
            if (!isCurrent() || fence < progress.fence()) {
                throw fenced("the table has another one (fence=" + fence + ", now=" + progress.fence() + ")");
            }
        }
    }

    private static TidemarkException fenced(String reason) {
        return new TidemarkException(ErrorCode.LAKE_COMMIT_FENCED, "Cannot commit: " + reason);
    }

    private final class Seen implements Lake {
        @Override
        public List<Finding> check() {
            return List.of();
        }

        @Override
        public Optional<LakeTable> find(TableId table) {
            return world.read(
                    "open mirror " + table,
                    ErrorCode.LAKE_IO,
                    () -> Optional.ofNullable(mirrors.get(table)).map(Handle::new));
        }

        @Override
        public LakeTable openLoad(LakeTableSpec spec) {
            return world.write("open load of " + spec.schema().table(), ErrorCode.LAKE_IO, () -> {
                Mirror found = making.get(spec.schema().table());
                if (found == null || !found.spec.equals(spec)) {
                    found = new Mirror(spec);
                    making.put(spec.schema().table(), found);
                }
                return new Handle(found);
            });
        }

        @Override
        public void publish(TableId table, String loadId) {
            world.write("publish " + table, ErrorCode.LAKE_IO, () -> {
                Mirror made = making.get(table);
                Mirror mirror = mirrors.get(table);
                if (made != null
                        && made.progress.loaded()
                        && made.progress.loadId().equals(loadId)) {
                    mirrors.put(table, made);
                    making.remove(table);
                    world.invariants().published(table, made);
                } else if (mirror == null || !mirror.progress.loadId().equals(loadId)) {
                    throw fenced("another load took over");
                }
                return true;
            });
        }

        @Override
        public void drop(TableId table) {
            world.write("drop " + table, ErrorCode.LAKE_IO, () -> {
                mirrors.remove(table);
                making.remove(table);
                return true;
            });
        }

        @Override
        public List<TableId> tables() {
            return List.copyOf(mirrors.keySet());
        }

        @Override
        public void close() {
            // The mirrors stay.
        }
    }

    private final class Handle implements LakeTable {
        private final Mirror mirror;
        private long loadFence;

        private Handle(Mirror mirror) {
            this.mirror = mirror;
        }

        private String name() {
            return mirror.spec.schema().table().name();
        }

        private <T> T commit(String what, Supplier<T> call) {
            return world.write(what + " of " + name(), ErrorCode.LAKE_COMMIT_UNKNOWN, call);
        }

        @Override
        public LakeTableSpec spec() {
            return mirror.spec;
        }

        @Override
        public LakeProgress progress() {
            return world.read("progress of " + name(), ErrorCode.LAKE_IO, () -> mirror.progress);
        }

        @Override
        public LakeProgress beginLoad(String loadId, long fence) {
            loadFence = fence;
            return commit("begin of load " + loadId, () -> {
                mirror.requireFence(fence);
                if (mirror.progress.loadId().equals(loadId)) {
                    return mirror.put(mirror.progress.withFence(fence), mirror.rows);
                }
                return mirror.put(
                        new LakeProgress(
                                -1, loadId, false, Set.of(), io.tidemark.spi.change.Position.ZERO, 0, fence, 0),
                        Rows.of(mirror.spec.schema()));
            });
        }

        @Override
        public ChunkWriter openChunk(int ordinal) {
            List<List<@Nullable String>> added = new ArrayList<>();
            String loadId = mirror.progress.loadId();
            return new ChunkWriter() {
                @Override
                public void append(ChangeBatch batch) {
                    for (int row = 0; row < batch.size(); row++) {
                        added.add(Events.texts(batch.columns(), row));
                    }
                }

                @Override
                public void commit() {
                    Handle.this.commit("chunk " + ordinal, () -> {
                        putChunk(ordinal, loadId, added);
                        return true;
                    });
                }

                @Override
                public void close() {
                    // What was not committed is not there.
                }
            };
        }

        private void putChunk(int ordinal, String loadId, List<List<@Nullable String>> added) {
            LakeProgress before = mirror.progress;
            if (!world.has(Bug.LOADS_ARE_NOT_FENCED)) {
                mirror.requireFence(loadFence);
                if (!before.loadId().equals(loadId)) {
                    throw fenced("another load took over");
                }
            }
            if (before.loaded() || before.chunks().contains(ordinal)) {
                return;
            }
            Set<Integer> chunks = new HashSet<>(before.chunks());
            chunks.add(ordinal);
            LakeProgress after = new LakeProgress(
                    -1, before.loadId(), false, chunks, before.applied(), before.slice(), loadFence, 0);
            if (world.has(Bug.CHUNK_IS_NOTED_FIRST)) {
                mirror.put(after, mirror.rows);
                if (world.scheduler().isSimulated()) {
                    world.scheduler().pause(world.latency());
                    if (world.happens(10)) {
                        throw world.failed("chunk", ErrorCode.LAKE_IO);
                    }
                }
            }
            Rows rows = mirror.rows;
            for (List<@Nullable String> row : added) {
                rows = rows.with(Operation.INSERT, row);
            }
            mirror.put(after, rows);
        }

        @Override
        public LakeProgress finishLoad(LakeProgress progress) {
            return commit("end of load", () -> {
                mirror.requireFence(progress.fence());
                if (!mirror.progress.loadId().equals(progress.loadId())) {
                    throw fenced("another load took over");
                }
                return mirror.progress.loaded() ? mirror.progress : mirror.put(loaded(progress), mirror.rows);
            });
        }

        private LakeProgress loaded(LakeProgress progress) {
            return new LakeProgress(
                    -1,
                    progress.loadId(),
                    true,
                    progress.chunks(),
                    progress.applied(),
                    progress.slice(),
                    progress.fence(),
                    progress.newestCommitMicros());
        }

        @Override
        public LakeApply beginApply(LakeProgress expected, long fence) {
            world.read("begin of apply to " + name(), ErrorCode.LAKE_IO, () -> {
                mirror.requireFence(fence);
                requireExpected(expected);
                return true;
            });
            return new Apply(expected, fence);
        }

        private void requireExpected(LakeProgress expected) {
            if (!mirror.progress.isSameAs(expected)) {
                throw fenced("it was computed from an older version");
            }
        }

        @Override
        public void evolve(RowSchema next, long fence) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<String> maintain(long fence, List<Long> keep) {
            if (expired(keep).isEmpty()) {
                return Optional.empty();
            }
            return commit("upkeep", () -> {
                mirror.requireFence(fence);
                mirror.put(mirror.progress.withFence(fence), mirror.rows);
                expired(keep).forEach(mirror.versions::remove);
                return Optional.of("tidied up");
            });
        }

        private List<Long> expired(List<Long> keep) {
            List<Long> numbers = new ArrayList<>(mirror.versions.keySet());
            List<Long> old = new ArrayList<>(numbers.subList(0, Math.max(0, numbers.size() - VERSIONS_KEPT)));
            old.removeIf(number -> keep.contains(number) && !world.has(Bug.UPKEEP_FORGETS_CUTS));
            return old;
        }

        @Override
        public Optional<LakeRewrite> planRewrite() {
            return Optional.of(new Rewrite(mirror.progress.loadId()));
        }

        @Override
        public Optional<String> commitRewrite(LakeRewrite rewrite, long fence) {
            Rewrite ended = (Rewrite) rewrite;
            if (ended.state != Rewrite.State.WRITTEN) {
                throw new AssertionError("A rewrite was committed that is " + ended.state);
            }
            return commit("rewrite", () -> {
                mirror.requireFence(fence);
                if (!mirror.progress.loadId().equals(ended.loadId)) {
                    return Optional.empty();
                }
                ended.state = Rewrite.State.COMMITTED;
                mirror.put(mirror.progress.withFence(fence), mirror.rows);
                return Optional.of("rewritten");
            });
        }

        @Override
        public PinnedTable pin() {
            return world.read("pin " + name(), ErrorCode.LAKE_IO, () -> pinned(mirror.progress));
        }

        @Override
        public Optional<PinnedTable> pin(long version) {
            return world.read(
                    "pin " + name(),
                    ErrorCode.LAKE_IO,
                    () -> mirror.version(version).map(found -> pinned(found.progress())));
        }

        @Override
        public Optional<PinnedTable> pinAsOf(Instant time) {
            throw new UnsupportedOperationException();
        }

        private PinnedTable pinned(LakeProgress progress) {
            return new PinnedTable(
                    mirror.spec,
                    List.of(1, 2, 3),
                    progress,
                    List.of(),
                    Optional.of(new PinnedTable.Unreadable("rows are in memory", "Read them here.")));
        }

        @Override
        public void readAll(PinnedTable pinned, Consumer<ChangeBatch> consumer) {
            Version version = mirror.version(pinned.progress().version())
                    .orElseThrow(() -> new TidemarkException(ErrorCode.LAKE_IO, "Cannot read: the version is gone"));
            version.rows().read(row -> true, 0, consumer);
        }

        @Override
        public void close() {
            // Nothing is kept open.
        }

        /** The same rows once more: it takes its time, and may be committed once. */
        private final class Rewrite implements LakeRewrite {
            private enum State {
                PLANNED,
                WRITTEN,
                COMMITTED,
                CLOSED
            }

            private final String loadId;
            private State state = State.PLANNED;

            private Rewrite(String loadId) {
                this.loadId = loadId;
            }

            @Override
            public void run() {
                if (world.scheduler().isSimulated()) {
                    world.scheduler().pause(world.latency());
                }
                if (state == State.PLANNED) {
                    state = State.WRITTEN;
                }
            }

            @Override
            public void close() {
                state = State.CLOSED;
            }
        }

        /** An upsert in the making. */
        private final class Apply implements LakeApply {
            private final LakeProgress expected;
            private final long fence;
            private final long base;
            private Rows next;

            private Apply(LakeProgress expected, long fence) {
                this.expected = expected;
                this.fence = fence;
                this.base = mirror.progress.version();
                this.next = mirror.rows;
            }

            @Override
            public void add(ChangeBatch batch) {
                for (int row = 0; row < batch.size(); row++) {
                    List<@Nullable String> texts = Events.texts(batch.columns(), row);
                    if (world.has(Bug.UNCHANGED_IS_NULL)) {
                        texts.replaceAll(text -> Events.UNCHANGED.equals(text) ? null : text);
                    }
                    next = next.with(batch.operation(row), texts);
                }
            }

            @Override
            public void repair(ChangeBatch rows) {
                add(rows);
            }

            @Override
            public ApplyResult commit(LakeProgress progress) {
                return Handle.this.commit("apply through " + progress.applied(), () -> {
                    if (!world.has(Bug.COMMITS_ARE_UNCONDITIONAL)) {
                        requireBase();
                    }
                    LakeProgress after = new LakeProgress(
                            -1,
                            expected.loadId(),
                            true,
                            expected.chunks(),
                            progress.applied(),
                            world.has(Bug.APPLIES_TO_THE_NEXT_SLICE) ? progress.slice() + 1 : progress.slice(),
                            fence,
                            progress.newestCommitMicros());
                    if (world.has(Bug.PROGRESS_IS_WRITTEN_LATER)
                            && world.scheduler().isSimulated()) {
                        mirror.rows = next;
                        world.scheduler().pause(world.latency());
                        if (world.happens(10)) {
                            throw world.failed("commit", ErrorCode.LAKE_IO);
                        }
                    }
                    return new ApplyResult(mirror.put(after, next), 0, 0);
                });
            }

            private void requireBase() {
                mirror.requireFence(fence);
                requireExpected(expected);
                if (mirror.progress.version() != base) {
                    throw new TidemarkException(
                            ErrorCode.LAKE_COMMIT_CONFLICT, "Cannot commit: the mirror was tidied up");
                }
            }

            @Override
            public List<List<String>> missingKeys() {
                return List.of();
            }

            @Override
            public void close() {
                // What was not committed is not there.
            }
        }
    }
}
