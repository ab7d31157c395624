package io.tidemark.lake.iceberg;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.lake.iceberg.FaultyCatalog.Crash;
import io.tidemark.lake.iceberg.FaultyCatalog.Fault;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTable.ChunkWriter;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.BeforeImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A random source table, mirrored through random crashes, unknown commits, conflicts and upkeep: the mirror always equals the model. */
class MirrorSimulationTest {
    private static final int SEEDS = Boolean.getBoolean("tidemark.slow") ? 40 : 1;
    private static final int STEPS = 25;

    @TempDir
    Path folder;

    static Stream<Arguments> schedules() {
        String[] day = {"day(at)"};
        String[] none = {};
        List<Arguments> schedules = new ArrayList<>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            schedules.add(Arguments.of(
                    "vectors", "deletion-vectors", spec(true, BeforeImage.KEY, DeleteMode.HARD, none), seed));
            schedules.add(Arguments.of(
                    "vectors, full image",
                    "deletion-vectors",
                    spec(true, BeforeImage.FULL, DeleteMode.HARD, none),
                    seed));
            schedules.add(Arguments.of(
                    "vectors by day", "deletion-vectors", spec(true, BeforeImage.KEY, DeleteMode.HARD, day), seed));
            schedules.add(Arguments.of(
                    "positions", "position-deletes", spec(true, BeforeImage.KEY, DeleteMode.HARD, none), seed));
            schedules.add(Arguments.of(
                    "positions by many",
                    "position-deletes",
                    spec(true, BeforeImage.KEY, DeleteMode.HARD, "bucket(3, id)", "flag", "truncate(1,note)"),
                    seed));
            schedules.add(
                    Arguments.of("soft", "deletion-vectors", spec(true, BeforeImage.KEY, DeleteMode.SOFT, day), seed));
            schedules.add(Arguments.of(
                    "soft, full image", "position-deletes", spec(true, BeforeImage.FULL, DeleteMode.SOFT, none), seed));
            schedules.add(Arguments.of(
                    "keyless", "deletion-vectors", spec(false, BeforeImage.FULL, DeleteMode.HARD, none), seed));
            schedules.add(Arguments.of(
                    "keyless by day", "position-deletes", spec(false, BeforeImage.FULL, DeleteMode.HARD, day), seed));
            schedules.add(Arguments.of(
                    "keyless soft", "deletion-vectors", spec(false, BeforeImage.FULL, DeleteMode.SOFT, none), seed));
        }
        return schedules.stream();
    }

    @ParameterizedTest(name = "{0}, seed {3}")
    @MethodSource("schedules")
    void mirrorEqualsModel(String name, String deletes, LakeTableSpec spec, long seed) {
        FaultyCatalog.failNext(Fault.NONE);
        Random random = new Random(seed * 31 + name.hashCode());
        int roundKeys = random.nextBoolean() ? 7 : 1 << 18;
        try (LakeFixture fixture = new LakeFixture(folder, deletes, LakeFixture.options(roundKeys), true)) {
            new Run(fixture, spec, random, name + " seed=" + seed).run();
        }
    }

    private static LakeTableSpec spec(boolean isKeyed, BeforeImage image, DeleteMode deletes, String... partitions) {
        return MirrorModel.spec(isKeyed, image, deletes, partitions);
    }

    /** One schedule. */
    private static final class Run {
        private final LakeFixture fixture;
        private final Random random;
        private final String name;
        private final MirrorModel model;
        private LakeTable table;
        private long fence = 1;
        private long slice;

        Run(LakeFixture fixture, LakeTableSpec spec, Random random, String name) {
            this.fixture = fixture;
            this.random = random;
            this.name = name;
            this.model = new MirrorModel(random, spec, true);
            this.table = fixture.empty(spec);
        }

        void run() {
            model.change(60);
            load();
            check("load");
            for (int step = 0; step < STEPS; step++) {
                if (random.nextInt(40) == 0) {
                    load();
                }
                apply();
                if (random.nextInt(2) == 0) {
                    maintain();
                }
                if (random.nextInt(4) == 0) {
                    check("step " + step);
                }
            }
            check("the end");
            table.close();
        }

        private void load() {
            List<ChangeBatch> chunks = model.snapshot(3);
            Position cutoff = new Position(model.endTransaction());
            String id = "load-" + slice + "-" + random.nextInt();
            boolean isDone = false;
            while (!isDone) {
                FaultyCatalog.failNext(fault(6));
                try {
                    LakeProgress begun = table.beginLoad(id, fence);
                    for (int ordinal = 0; ordinal < chunks.size(); ordinal++) {
                        if (!begun.loaded() && !begun.chunks().contains(ordinal)) {
                            writeChunk(ordinal, chunks.get(ordinal));
                        }
                    }
                    FaultyCatalog.failNext(fault(6));
                    table.finishLoad(LakeProgress.NONE.withApplied(cutoff, slice, 5));
                    isDone = true;
                } catch (Crash e) {
                    restart();
                } catch (TidemarkException e) {
                    assertThat(e.code()).as(name).isIn(ErrorCode.LAKE_COMMIT_UNKNOWN, ErrorCode.LAKE_COMMIT_CONFLICT);
                }
                FaultyCatalog.failNext(Fault.NONE);
            }
        }

        private void writeChunk(int ordinal, ChangeBatch rows) {
            try (ChunkWriter writer = table.openChunk(ordinal)) {
                writer.append(rows);
                FaultyCatalog.failNext(fault(6));
                writer.commit();
            }
        }

        private void apply() {
            List<ChangeBatch> batches = model.change(1 + random.nextInt(40));
            slice++;
            long through = model.endTransaction();
            while (true) {
                LakeProgress before = table.progress();
                if (before.applied().value() == through) {
                    return;
                }
                try (LakeApply apply = table.beginApply(before, fence)) {
                    batches.forEach(apply::add);
                    FaultyCatalog.failNext(fault(3));
                    LakeProgress after = apply.commit(before.withApplied(new Position(through), slice, 7))
                            .progress();
                    assertThat(after.applied().value()).as(name).isEqualTo(through);
                } catch (Crash e) {
                    restart();
                } catch (TidemarkException e) {
                    assertThat(e.code()).as(name).isIn(ErrorCode.LAKE_COMMIT_UNKNOWN, ErrorCode.LAKE_COMMIT_CONFLICT);
                }
                FaultyCatalog.failNext(Fault.NONE);
                if (random.nextInt(5) == 0) {
                    // What is applied is not applied again.
                    LakeProgress now = table.progress();
                    if (now.applied().value() == through) {
                        try (LakeApply again = table.beginApply(now, fence)) {
                            batches.forEach(again::add);
                            assertThat(again.commit(now).upserted()).as(name).isZero();
                        }
                    }
                }
            }
        }

        private void maintain() {
            FaultyCatalog.failNext(fault(5));
            try {
                table.maintain(fence, List.of());
            } catch (Crash e) {
                restart();
            } catch (TidemarkException e) {
                assertThat(e.code()).as(name).isIn(ErrorCode.LAKE_COMMIT_UNKNOWN, ErrorCode.LAKE_COMMIT_CONFLICT);
            }
            FaultyCatalog.failNext(Fault.NONE);
        }

        private void restart() {
            fixture.crash();
            fence++;
            table = fixture.lake().find(MirrorModel.TABLE).orElseThrow();
        }

        private Fault fault(int oneIn) {
            Fault[] faults = Fault.values();
            return random.nextInt(oneIn) == 0 ? faults[random.nextInt(faults.length)] : Fault.NONE;
        }

        private void check(String when) {
            List<String> missing = new ArrayList<>(model.expected());
            List<String> surplus = new ArrayList<>();
            for (String row : model.actual(fixture.records(MirrorModel.TABLE))) {
                if (!missing.remove(row)) {
                    surplus.add(row);
                }
            }
            assertThat(missing)
                    .as(name + " after " + when + ": rows that are missing")
                    .isEmpty();
            assertThat(surplus)
                    .as(name + " after " + when + ": rows that should not be there")
                    .isEmpty();
        }
    }
}
