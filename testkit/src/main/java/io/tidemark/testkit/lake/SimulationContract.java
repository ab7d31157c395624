package io.tidemark.testkit.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeRewrite;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTable.ChunkWriter;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A random source table, mirrored through random crashes, unknown commits, conflicts and upkeep: the mirror always equals the model. */
public abstract class SimulationContract extends LakeContract {
    private static final int SEEDS = Boolean.getBoolean("tidemark.slow") ? 40 : 1;

    private static final List<Kind> KINDS = List.of(
            new Kind("keyed", MirrorModel.key(), BeforeImage.KEY, DeleteMode.HARD, ""),
            new Kind("full image", MirrorModel.key(), BeforeImage.FULL, DeleteMode.HARD, ""),
            new Kind("keyed by day", MirrorModel.key(), BeforeImage.KEY, DeleteMode.HARD, "day(at)"),
            new Kind(
                    "keyed by many",
                    MirrorModel.key(),
                    BeforeImage.KEY,
                    DeleteMode.HARD,
                    "bucket(3, id);flag;truncate(1,note)"),
            new Kind("soft by day", MirrorModel.key(), BeforeImage.KEY, DeleteMode.SOFT, "day(at)"),
            new Kind("soft, full image", MirrorModel.key(), BeforeImage.FULL, DeleteMode.SOFT, ""),
            new Kind("keyless", List.of(), BeforeImage.FULL, DeleteMode.HARD, ""),
            new Kind("keyless by day", List.of(), BeforeImage.FULL, DeleteMode.HARD, "day(at)"),
            new Kind("keyless soft", List.of(), BeforeImage.FULL, DeleteMode.SOFT, ""),
            new Kind("latest by a column", MirrorModel.key(), BeforeImage.KEY, DeleteMode.HARD, "", "at"),
            new Kind(
                    "latest by a column, soft by day",
                    MirrorModel.key(),
                    BeforeImage.KEY,
                    DeleteMode.SOFT,
                    "day(at)",
                    "at"),
            new Kind("latest by a column, full image", MirrorModel.key(), BeforeImage.FULL, DeleteMode.SOFT, "", "at"));

    /**
     * A kind of mirror.
     *
     * @param partitions fields with semicolons between them
     * @param latestBy column whose greatest value wins; null for the last change
     */
    record Kind(
            String name,
            List<String> key,
            BeforeImage image,
            DeleteMode deletes,
            String partitions,
            @Nullable String latestBy) {
        Kind(String name, List<String> key, BeforeImage image, DeleteMode deletes, String partitions) {
            this(name, key, image, deletes, partitions, null);
        }

        @Override
        public String toString() {
            return name;
        }

        /** A mirror of this kind, without what the format cannot hold. */
        LakeTableSpec spec(LakeFixture fixture) {
            return MirrorModel.spec(
                    fixture::holds,
                    key,
                    image,
                    deletes,
                    Stream.of(partitions.split(";"))
                            .filter(text -> !text.isEmpty() && isPartition(fixture, text))
                            .toList(),
                    latestBy);
        }

        private static boolean isPartition(LakeFixture fixture, String text) {
            Transform transform;
            ColumnType type;
            if (text.startsWith("day")) {
                transform = Transform.DAY;
                type = ColumnType.TIMESTAMP_TZ;
            } else if (text.startsWith("bucket")) {
                transform = Transform.BUCKET;
                type = ColumnType.INT64;
            } else if (text.startsWith("truncate")) {
                transform = Transform.TRUNCATE;
                type = ColumnType.STRING;
            } else {
                transform = Transform.IDENTITY;
                type = ColumnType.BOOLEAN;
            }
            return fixture.holds(type) && fixture.partitions(transform, type);
        }
    }

    static Stream<Arguments> schedules() {
        return IntStream.rangeClosed(1, SEEDS)
                .boxed()
                .flatMap(seed -> KINDS.stream().map(kind -> Arguments.of(kind, seed)));
    }

    /** Applies have several rounds; the other suites have applies of one. */
    @Override
    ApplyMemory memory() {
        return ApplyMemory.TIGHT;
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("schedules")
    void mirrorEqualsModel(Kind kind, long seed) {
        Random random = new Random(seed * 31 + kind.name().hashCode());
        new Run(kind.spec(fixture()), random, kind + " seed=" + seed).run();
    }

    /** One schedule. */
    private final class Run {
        private final LakeTableSpec spec;
        private final Random random;
        private final String name;
        private final List<CommitFault> faults;
        private final MirrorModel model;
        private final List<PinnedTable> pins = new ArrayList<>();
        private final List<List<List<@Nullable String>>> pinnedRows = new ArrayList<>();
        private LakeTable table;
        private @Nullable LakeRewrite rewrite;
        private long fence = 1;
        private long slice;

        Run(LakeTableSpec spec, Random random, String name) {
            this.spec = spec;
            this.random = random;
            this.name = name;
            this.faults = List.copyOf(fixture().faults());
            this.model = new MirrorModel(random, spec);
            this.table = mirror(spec);
        }

        void run() {
            model.change(60);
            load();
            check("load");
            for (int step = 0; step < fixture().simulatedSlices(); step++) {
                if (random.nextInt(25) == 0) {
                    load();
                }
                apply();
                if (random.nextInt(2) == 0) {
                    maintain();
                }
                if (random.nextInt(4) == 0) {
                    check("step " + step);
                }
                if (random.nextInt(8) == 0) {
                    crash();
                }
            }
            check("the end");
            assertThat(find(MirrorModel.TABLE).spec()).as(name).isEqualTo(spec);
        }

        /** Loads the table anew and publishes it. */
        private void load() {
            List<ChangeBatch> chunks = model.snapshot(3);
            Position cutoff = new Position(model.endTransaction());
            String id = "load-" + slice + "-" + random.nextInt();
            boolean isDone = false;
            table.close();
            while (!isDone) {
                try (LakeTable making = lake().openLoad(spec)) {
                    load(making, id, chunks, cutoff);
                    isDone = true;
                } catch (SimulatedCrash e) {
                    restart();
                } catch (TidemarkException e) {
                    assertThat(e.code()).as(name).isIn(CommitFault.TRIED_AGAIN);
                } finally {
                    fixture().failNext(CommitFault.NONE);
                }
            }
            if (random.nextInt(3) == 0) {
                restart();
            }
            lake().publish(MirrorModel.TABLE, id);
            pins.clear();
            pinnedRows.clear();
            reopen();
        }

        private void load(LakeTable making, String id, List<ChangeBatch> chunks, Position cutoff) {
            failNext(6);
            LakeProgress begun = making.beginLoad(id, fence);
            for (int ordinal = 0; ordinal < chunks.size(); ordinal++) {
                if (!begun.loaded() && !begun.chunks().contains(ordinal)) {
                    try (ChunkWriter writer = making.openChunk(ordinal)) {
                        writer.append(chunks.get(ordinal));
                        failNext(6);
                        writer.commit();
                    }
                }
            }
            failNext(6);
            making.finishLoad(LakeProgress.NONE.withApplied(cutoff, slice, 5));
        }

        private void apply() {
            List<ChangeBatch> batches = model.change(1 + random.nextInt(40));
            slice++;
            long through = model.endTransaction();
            LakeProgress before = table.progress();
            while (before.applied().value() != through) {
                try (LakeApply apply = table.beginApply(before, fence)) {
                    batches.forEach(apply::add);
                    failNext(3);
                    LakeProgress after = apply.commit(before.withApplied(new Position(through), slice, 7))
                            .progress();
                    assertThat(after.applied().value()).as(name).isEqualTo(through);
                } catch (SimulatedCrash e) {
                    restart();
                } catch (TidemarkException e) {
                    assertThat(e.code()).as(name).isIn(CommitFault.TRIED_AGAIN);
                } finally {
                    fixture().failNext(CommitFault.NONE);
                }
                before = table.progress();
            }
            if (random.nextInt(5) == 0) {
                replay(batches, before);
            }
        }

        /** What is applied is not applied again. */
        private void replay(List<ChangeBatch> batches, LakeProgress now) {
            try (LakeApply again = table.beginApply(now, fence)) {
                batches.forEach(again::add);
                LakeApply.ApplyResult result = again.commit(now);
                assertThat(result.upserted()).as(name).isZero();
                assertThat(result.deleted()).as(name).isZero();
            }
        }

        private void maintain() {
            failNext(5);
            try {
                if (rewrite != null) {
                    LakeRewrite ended = rewrite;
                    rewrite = null;
                    try (LakeRewrite ending = ended) {
                        table.commitRewrite(ending, fence);
                    }
                    return;
                }
                if (random.nextInt(2) == 0) {
                    // Committed later, on top of what is applied meanwhile.
                    rewrite = table.planRewrite().orElse(null);
                    if (rewrite != null) {
                        rewrite.run();
                    }
                    return;
                }
                MirrorUpkeep.step(
                        table,
                        fence,
                        pins.stream().map(pinned -> pinned.progress().version()).toList());
            } catch (SimulatedCrash e) {
                restart();
            } catch (TidemarkException e) {
                assertThat(e.code()).as(name).isIn(CommitFault.TRIED_AGAIN);
            } finally {
                fixture().failNext(CommitFault.NONE);
            }
        }

        /** A crash between commits; sometimes the process starts on another machine. */
        private void crash() {
            rewrite = null;
            if (random.nextInt(3) == 0) {
                fixture().crashAndMove();
            } else {
                fixture().crash();
            }
            fence++;
            reopen();
        }

        private void restart() {
            rewrite = null;
            fixture().crash();
            fence++;
            reopen();
        }

        private void reopen() {
            table = find(MirrorModel.TABLE);
        }

        private void failNext(int oneIn) {
            fixture()
                    .failNext(
                            random.nextInt(oneIn) == 0 ? faults.get(random.nextInt(faults.size())) : CommitFault.NONE);
        }

        private void check(String when) {
            PinnedTable pinned = table.pin();
            assertThat(rows(table, pinned))
                    .as(name + " after " + when)
                    .containsExactlyInAnyOrderElementsOf(model.living());
            assertThat(stored(pinned))
                    .as(name + " after " + when + ": files")
                    .containsExactlyInAnyOrderElementsOf(model.stored());
            for (int i = 0; i < pins.size(); i++) {
                PinnedTable earlier =
                        table.pin(pins.get(i).progress().version()).orElseThrow();
                assertThat(stored(earlier))
                        .as(name + " after " + when + ": a version that is kept")
                        .containsExactlyInAnyOrderElementsOf(pinnedRows.get(i));
            }
            if (pins.size() < 2) {
                pins.add(pinned);
                pinnedRows.add(model.stored());
            }
        }
    }
}
