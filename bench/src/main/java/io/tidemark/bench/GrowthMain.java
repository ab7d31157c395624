package io.tidemark.bench;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Makes a table, builds its key index and applies slices, in a process of its own, and prints a line {@code measured LOAD-SECONDS INDEX-SECONDS INDEX-BYTES APPLY-MILLIS HEAP-BYTES},
 * where the last two are the median of a slice's commit and what the heap holds after it; then it stays until it is ended, so that its memory can be measured.
 *
 * <p>Arguments: an empty folder, rows, slices, events of a slice.
 */
final class GrowthMain {
    static final String MEASURED = "measured ";

    /** Changes are of rows that are as near to the newest, however large the table is. */
    private static final long RECENT = 500_000;

    private final LakeTable table;
    private final long rows;
    private final Random random = new Random(1);
    private long position = 1;

    private GrowthMain(LakeTable table, long rows) {
        this.table = table;
        this.rows = rows;
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        long rows = Long.parseLong(arguments[1]);
        int slices = Integer.parseInt(arguments[2]);
        int events = Integer.parseInt(arguments[3]);
        String configuration = """
                pipeline: bench
                source: {type: postgres, url: 'postgresql://localhost:1/nobody-asks', user: nobody, password: none}
                lake: {type: %s, location: ./lake}
                """.formatted(System.getProperty("lake", "iceberg"));
        try (BenchPipeline pipeline = new BenchPipeline(folder, configuration, MadeTable.ID)) {
            Lake lake = pipeline.pipeline().lake();
            long started = System.nanoTime();
            MadeTable.load(lake, rows);
            double load = Bench.seconds(started);
            long before = bytes(folder.resolve(".tidemark"));
            try (LakeTable table = lake.find(MadeTable.ID).orElseThrow()) {
                GrowthMain main = new GrowthMain(table, rows);
                started = System.nanoTime();
                main.apply(1);
                double index = Bench.seconds(started);
                long bytes = bytes(folder.resolve(".tidemark")) - before;
                Histogram commits = new Histogram();
                for (int slice = -slices / 2; slice < slices; slice++) {
                    started = System.nanoTime();
                    main.apply(events);
                    // The first ones make it warm.
                    if (slice >= 0) {
                        commits.add((System.nanoTime() - started) / 1_000_000);
                    }
                }
                System.gc();
                System.out.printf(
                        Locale.ROOT,
                        MEASURED + "%.2f %.2f %d %d %d%n",
                        load,
                        index,
                        bytes,
                        commits.percentile(50),
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
                Thread.sleep(Long.MAX_VALUE);
            }
        }
    }

    private void apply(int events) {
        position++;
        ChangeBatch batch = new ChangeBatch(MadeTable.SCHEMA, events);
        for (int i = 0; i < events; i++) {
            long near = rows - 1 - (long) (random.nextDouble() * Math.min(rows, RECENT));
            MadeTable.add(batch, Operation.UPDATE, position, near, position);
        }
        LakeProgress before = table.progress();
        try (LakeApply apply = table.beginApply(before, MadeTable.FENCE)) {
            apply.add(batch);
            var unused = apply.commit(before.withApplied(new Position(position), position, position));
        }
    }

    private static long bytes(Path folder) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }
}
