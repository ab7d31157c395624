package io.tidemark.bench;

import io.tidemark.engine.cut.Cut;
import io.tidemark.engine.cut.CutLog;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.testkit.lake.MirrorUpkeep;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The life of a mirror: slices of ten seconds one after the other, without the waiting, with upkeep and cuts as often as the pipeline has them. What
 * grows is printed once per so many slices: files and bytes of the mirror, how long applies, upkeep and a whole read take.
 *
 * <p>Arguments: slices (default 8,640, a day), rows of the table (20,000), changes of a slice (50), slices between two lines (360, an hour), seconds
 * that a slice stands for (10; with longer ones fewer slices make a year of cuts); {@code -Dlake=delta} for another format. Cuts are as old as their
 * slices say. The age of a version is that of the machine's clock, so that only their number has versions expire, and files that no version refers to
 * are not looked for.
 */
public final class LifeBench {
    /** Upkeep is done once in thirty seconds. */
    private static final int UPKEEP_EVERY = 3;

    private final PrintStream out;
    private final LakeTable table;
    private final int changes;
    private final Duration interval;
    private final Random random = new Random(1);
    private final Histogram applies = new Histogram();
    private final Histogram steps = new Histogram();
    private List<Cut> cuts = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private long position = 1;
    private long oldest;
    private long nextId;

    private LifeBench(PrintStream out, LakeTable table, long rows, int changes, Duration interval) {
        this.out = out;
        this.table = table;
        this.nextId = rows;
        this.changes = changes;
        this.interval = interval;
    }

    public static void main(String[] arguments) throws Exception {
        long slices = Bench.number(arguments, 0, 8_640);
        long rows = Bench.number(arguments, 1, 20_000);
        int changes = (int) Bench.number(arguments, 2, 50);
        long every = Bench.number(arguments, 3, 360);
        Duration interval = Duration.ofSeconds(Bench.number(arguments, 4, 10));
        Path folder = Files.createTempDirectory("tidemark-bench");
        String configuration = """
                pipeline: bench
                source: {type: postgres, url: 'postgresql://localhost:1/nobody-asks', user: nobody, password: none}
                lake: {type: %s, location: ./lake}
                """.formatted(System.getProperty("lake", "iceberg"));
        try (BenchPipeline pipeline = new BenchPipeline(folder, configuration, MadeTable.ID)) {
            Lake lake = pipeline.pipeline().lake();
            MadeTable.load(lake, rows);
            try (LakeTable table = lake.find(MadeTable.ID).orElseThrow()) {
                LifeBench life = new LifeBench(System.out, table, rows, changes, interval);
                life.out.printf(
                        "%10s %8s %10s %8s %10s %9s %9s %9s %9s %9s %8s%n",
                        "slices",
                        "objects",
                        "MiB",
                        "live",
                        "rows",
                        "apply p50",
                        "p99",
                        "upkeep 50",
                        "p99",
                        "max ms",
                        "read ms");
                for (long slice = 1; slice <= slices; slice++) {
                    life.slice(slice);
                    if (slice % every == 0 || slice == slices) {
                        life.line(slice, folder.resolve("lake"));
                    }
                }
            }
        } finally {
            Bench.delete(folder);
        }
    }

    /** Two thirds updates, the newer rows more often; as many inserts as deletes of old rows. */
    private void slice(long slice) {
        position++;
        now = now.plus(interval);
        ChangeBatch batch = new ChangeBatch(MadeTable.SCHEMA, changes);
        for (int i = 0; i < changes; i++) {
            switch (i % 6) {
                case 0 -> MadeTable.add(batch, Operation.INSERT, position, nextId++, slice);
                case 1 -> MadeTable.add(batch, Operation.DELETE, position, oldest++, slice);
                default -> {
                    double recent = Math.pow(random.nextDouble(), 3);
                    long id = nextId - 1 - (long) (recent * (nextId - 1 - oldest));
                    MadeTable.add(batch, Operation.UPDATE, position, id, slice);
                }
            }
        }
        long started = System.nanoTime();
        LakeProgress before = table.progress();
        long version;
        try (LakeApply apply = table.beginApply(before, MadeTable.FENCE)) {
            apply.add(batch);
            version = apply.commit(before.withApplied(new Position(position), slice, position))
                    .progress()
                    .version();
        }
        applies.add(millis(started));
        cuts.add(new Cut(
                slice, "slice", new Position(position), now, List.of(new Cut.TableVersion(MadeTable.ID, version))));
        cuts = new ArrayList<>(CutLog.kept(cuts, now));
        if (slice % UPKEEP_EVERY == 0) {
            long upkeep = System.nanoTime();
            var unused = MirrorUpkeep.step(
                    table,
                    MadeTable.FENCE,
                    cuts.stream()
                            .flatMap(cut -> cut.versionOf(MadeTable.ID).stream())
                            .toList());
            steps.add(millis(upkeep));
        }
    }

    private void line(long slice, Path lake) throws IOException {
        long objects = 0;
        long bytes = 0;
        try (Stream<Path> files = Files.walk(lake)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                objects++;
                bytes += Files.size(file);
            }
        }
        PinnedTable pinned = table.pin();
        long started = System.nanoTime();
        long[] rows = new long[1];
        table.readAll(pinned, batch -> rows[0] += batch.size());
        long read = millis(started);
        if (rows[0] != pinned.rows() || rows[0] != nextId - oldest) {
            throw new IllegalStateException("Cannot go on: the mirror has " + rows[0] + " rows, expected "
                    + (nextId - oldest) + " (says " + pinned.rows() + ")");
        }
        out.printf(
                Locale.ROOT,
                "%,10d %,8d %,10.1f %,8d %,10d %,9d %,9d %,9d %,9d %,9d %,8d%n",
                slice,
                objects,
                bytes / 1048576.0,
                pinned.files().size(),
                rows[0],
                applies.percentile(50),
                applies.percentile(99),
                steps.percentile(50),
                steps.percentile(99),
                steps.percentile(100),
                read);
        out.flush();
        applies.clear();
        steps.clear();
    }

    private static long millis(long startedNanos) {
        return (System.nanoTime() - startedNanos) / 1_000_000;
    }
}
