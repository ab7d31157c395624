package io.tidemark.bench;

import io.tidemark.bench.contest.Benchmark;
import io.tidemark.bench.contest.Check;
import io.tidemark.bench.contest.Findings;
import io.tidemark.bench.contest.Measurement;
import io.tidemark.bench.contest.Series;
import io.tidemark.bench.contest.Side;
import io.tidemark.bench.contest.Surroundings;
import io.tidemark.bench.process.MeasuredProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a table ten times as large costs. */
final class GrowthBenchmark implements Benchmark {
    private static final int EVENTS = 30_000;
    private static final int SLICES = 20;

    /** What one size took. */
    private record Size(long rows, double indexSeconds, long indexBytes, double applyMillis, long heapBytes) {}

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public String title() {
        return "A hundred million rows beside ten million: applying a slice, building the key index, memory";
    }

    @Override
    public Findings run(Surroundings surroundings) throws Exception {
        List<Series> series = new ArrayList<>();
        Size small = measure(surroundings, surroundings.scale().of(10_000_000, 20_000), series);
        Size large = measure(surroundings, surroundings.scale().of(100_000_000, 200_000), series);
        return new Findings(
                "%,d and %,d rows, slices of %,d updates of the newest 500,000 rows"
                        .formatted(small.rows(), large.rows(), EVENTS),
                series,
                List.of(
                        Check.atMost(
                                1.3,
                                "time of one slice, times that of a tenth of the rows",
                                large.applyMillis() / small.applyMillis()),
                        Check.atMost(
                                1.3,
                                "heap in use, times that of a tenth of the rows",
                                (double) large.heapBytes() / small.heapBytes()),
                        Check.atMost(40, "index bytes a key", (double) large.indexBytes() / large.rows()),
                        Check.atLeast(
                                3_000_000,
                                "keys a second, index built from the table",
                                large.rows() / large.indexSeconds())),
                List.of(
                        "One run of each size. Rows and changes are made in the process that applies them; the key index is built by its first apply, which is counted with it.",
                        "Iceberg's metadata and files in the table's folder are the same in both; the larger table has ten times the data files."));
    }

    private static Size measure(Surroundings surroundings, long rows, List<Series> series) throws Exception {
        Path folder = Files.createDirectory(surroundings.folder().resolve("rows-" + rows));
        try (MeasuredProcess process = MeasuredProcess.startJava(
                List.of("-Xmx1g"),
                GrowthMain.class,
                List.of(
                        folder.toString(),
                        Long.toString(rows),
                        Integer.toString((int) surroundings.scale().of(SLICES, 2)),
                        Integer.toString(EVENTS)),
                surroundings.folder().resolve("rows-" + rows + ".log"))) {
            process.await(() -> process.line(GrowthMain.MEASURED).isPresent());
            String[] measured = process.line(GrowthMain.MEASURED).orElseThrow().split(" ");
            surroundings
                    .out()
                    .accept("  %,d rows: loaded in %s s, index in %s s and %s bytes, %s ms a slice, heap %s bytes"
                            .formatted(rows, measured[1], measured[2], measured[3], measured[4], measured[5]));
            Size size = new Size(
                    rows,
                    Double.parseDouble(measured[2]),
                    Long.parseLong(measured[3]),
                    Math.max(1, Double.parseDouble(measured[4])),
                    Long.parseLong(measured[5]));
            series.add(new Series(
                    "%,d rows".formatted(rows),
                    Side.TIDEMARK,
                    "events",
                    List.of(new Measurement(EVENTS, size.applyMillis() / 1e3, List.of(process.use("tidemark"))))));
            return size;
        } finally {
            Bench.delete(folder);
        }
    }
}
