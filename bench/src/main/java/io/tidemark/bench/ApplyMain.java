package io.tidemark.bench;

import io.tidemark.engine.config.ConfigReader;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.engine.table.TableProgress;
import io.tidemark.engine.work.Worker;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceManifest;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Applies sealed slices of a table, or only reads them, in a process of its own and prints a line {@code measured EVENTS SECONDS CPU-SECONDS P50 P99 MAX COLD},
 * where the last four are milliseconds a commit, upkeep behind it included, and COLD is the median of those that made the process warm; then it stays until it is ended, so that its
 * memory can be measured.
 *
 * <p>Arguments: configuration file; schema and name of the table; what to do: {@code each} slice as a commit, all as a {@code backlog}, or {@code read} them; through which slice;
 * how many slices count; how many before them make the process warm.
 */
final class ApplyMain {
    static final String EACH = "each";
    static final String BACKLOG = "backlog";
    static final String READ = "read";
    static final String MEASURED = "measured ";

    private final Pipeline pipeline;
    private final TableId table;
    private Histogram commits = new Histogram();

    private ApplyMain(Pipeline pipeline, TableId table) {
        this.pipeline = pipeline;
        this.table = table;
    }

    public static void main(String[] arguments) throws Exception {
        Plugins plugins = new Plugins();
        try (Pipeline pipeline = Pipeline.open(
                ConfigReader.read(Path.of(arguments[0]), plugins, Map.of()), plugins, Clock.systemUTC())) {
            ApplyMain main = new ApplyMain(pipeline, new TableId(arguments[1], arguments[2]));
            main.run(
                    arguments[3],
                    Long.parseLong(arguments[4]),
                    Integer.parseInt(arguments[5]),
                    Integer.parseInt(arguments[6]));
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    private void run(String what, long through, int counted, int warming) throws InterruptedException {
        long begin = through - counted;
        try (Worker worker = new Worker(pipeline)) {
            if (!what.equals(READ)) {
                worker.apply(table, begin - warming);
            }
            long unused = work(worker, what, begin, warming);
            long cold = commits.percentile(50);
            commits = new Histogram();
            double cpu = cpuSeconds();
            long started = System.nanoTime();
            long events = work(worker, what, through, counted);
            System.out.printf(
                    Locale.ROOT,
                    MEASURED + "%d %.3f %.2f %d %d %d %d%n",
                    events,
                    (System.nanoTime() - started) / 1e9,
                    cpuSeconds() - cpu,
                    commits.percentile(50),
                    commits.percentile(99),
                    commits.percentile(100),
                    cold);
        }
    }

    /** Does it with so many slices up to one; returns how many events they had. */
    private long work(Worker worker, String what, long through, int slices) throws InterruptedException {
        long before = events();
        switch (what) {
            case EACH -> {
                for (long slice = through - slices + 1; slice <= through; slice++) {
                    apply(worker, slice);
                }
            }
            case BACKLOG -> apply(worker, through);
            case READ -> {
                return read(pipeline.sliceLog().after(through - slices, slices));
            }
            default -> throw new IllegalArgumentException("Cannot do this: " + what);
        }
        return events() - before;
    }

    private void apply(Worker worker, long through) throws InterruptedException {
        long started = System.nanoTime();
        worker.apply(table, through);
        commits.add((System.nanoTime() - started) / 1_000_000);
    }

    private long read(List<SliceManifest> slices) {
        long[] rows = new long[1];
        for (SliceManifest slice : slices) {
            for (SliceFile file : slice.filesOf(table)) {
                pipeline.sliceLog().read(file, batch -> rows[0] += batch.size());
            }
        }
        return rows[0];
    }

    private long events() {
        return pipeline.progress().find(table).map(TableProgress::events).orElse(0L);
    }

    private static double cpuSeconds() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                        .getProcessCpuTime()
                / 1e9;
    }
}
