package io.tidemark.bench;

import io.tidemark.bench.contest.Benchmark;
import io.tidemark.bench.contest.Check;
import io.tidemark.bench.contest.Contender;
import io.tidemark.bench.contest.Contest;
import io.tidemark.bench.contest.Findings;
import io.tidemark.bench.contest.Measurement;
import io.tidemark.bench.contest.ProcessUse;
import io.tidemark.bench.contest.Series;
import io.tidemark.bench.contest.Side;
import io.tidemark.bench.contest.Surroundings;
import io.tidemark.bench.postgres.BenchDatabase;
import io.tidemark.bench.postgres.BenchTable;
import io.tidemark.bench.postgres.ChangeShape;
import io.tidemark.bench.process.MeasuredProcess;
import java.util.ArrayList;
import java.util.List;

/** Slices of 30,000 events applied to a table of ten million rows. */
final class ApplyBenchmark implements Benchmark {
    private static final int SLICES = 60;
    private static final int SMOKE_SLICES = 3;
    private static final String PARTITIONS = "day(created_at)";

    private final ChangeShape shape;
    private final boolean isBacklog;
    private final double eventsPerSecond;
    private final double medianMillis;
    private final List<Long> medians = new ArrayList<>();
    private final List<Long> coldMedians = new ArrayList<>();

    private ApplyBenchmark(ChangeShape shape, boolean isBacklog, double eventsPerSecond, double medianMillis) {
        this.shape = shape;
        this.isBacklog = isBacklog;
        this.eventsPerSecond = eventsPerSecond;
        this.medianMillis = medianMillis;
    }

    static ApplyBenchmark ofEach(ChangeShape shape, double eventsPerSecond, double medianMillis) {
        return new ApplyBenchmark(shape, false, eventsPerSecond, medianMillis);
    }

    static ApplyBenchmark ofBacklog(double eventsPerSecond) {
        return new ApplyBenchmark(ChangeShape.RECENT, true, eventsPerSecond, Double.MAX_VALUE);
    }

    @Override
    public String name() {
        return isBacklog ? "apply-backlog" : shape == ChangeShape.RECENT ? "apply" : "apply-random";
    }

    @Override
    public String title() {
        return (isBacklog ? "A backlog of slices" : "Slices of 30,000 events, a commit each,")
                + " applied to the bank table in partitions of a day: " + shape.described();
    }

    @Override
    public Findings run(Surroundings surroundings) throws Exception {
        long rows = surroundings.scale().of(10_000_000, 20_000);
        int events = (int) surroundings.scale().of(30_000, 300);
        int counted = (int) surroundings.scale().of(isBacklog ? 100 : SLICES, SMOKE_SLICES);
        int warming = (int) surroundings.scale().of(SLICES, 1);
        medians.clear();
        coldMedians.clear();
        try (BenchDatabase database = BenchDatabase.start(surroundings.folder().resolve("postgres"))) {
            BenchTable.BANK.create(database, rows);
            try (BenchMirror mirror = BenchMirror.live(
                    surroundings,
                    database,
                    BenchTable.BANK.id(),
                    "apply",
                    "    partition: [" + PARTITIONS + "]\nslices: {interval: 1s}")) {
                long first = mirror.newestSlice() + 1;
                int slices = (warming + counted) * surroundings.rounds();
                surroundings.out().accept("  writing %,d changes".formatted((long) slices * events));
                try (MeasuredProcess process = mirror.start("capture")) {
                    for (int slice = 0; slice < slices; slice++) {
                        long wanted = first + slice;
                        shape.commit(database, events, slice, rows);
                        process.await(() -> mirror.newestSlice() >= wanted);
                    }
                }
                List<Series> series = new Contest("events", surroundings.rounds(), surroundings.out())
                        .run(List.of(
                                new Contender("slices only read", Side.LIMIT, round -> {
                                    long last = last(first, round, warming + counted);
                                    return measure(mirror, ApplyMain.READ, last, counted, warming);
                                }),
                                new Contender("tidemark, apply", Side.TIDEMARK, round -> {
                                    long last = last(first, round, warming + counted);
                                    String what = isBacklog ? ApplyMain.BACKLOG : ApplyMain.EACH;
                                    return measure(mirror, what, last, counted, warming);
                                })));
                mirror.catchUpAndProve();
                return new Findings(
                        "%,d rows, %d slices of %,d events a run, after %d others"
                                .formatted(rows, counted, events, warming),
                        series,
                        checks(series),
                        notes());
            }
        }
    }

    /** Each run has slices of its own. */
    private static long last(long first, int round, int slices) {
        return first + (long) (round + 1) * slices - 1;
    }

    private Measurement measure(BenchMirror mirror, String what, long through, int counted, int warming)
            throws Exception {
        try (MeasuredProcess process = mirror.startApply(what, through, counted, warming)) {
            process.await(() -> process.line(ApplyMain.MEASURED).isPresent());
            String[] measured = process.line(ApplyMain.MEASURED).orElseThrow().split(" ");
            if (!what.equals(ApplyMain.READ)) {
                medians.add(Long.parseLong(measured[4]));
                coldMedians.add(Long.parseLong(measured[7]));
            }
            return new Measurement(
                    Long.parseLong(measured[1]),
                    Double.parseDouble(measured[2]),
                    List.of(new ProcessUse(
                            "tidemark",
                            Double.parseDouble(measured[3]),
                            process.use("tidemark").peakBytes())));
        }
    }

    private List<Check> checks(List<Series> series) {
        List<Check> checks = new ArrayList<>();
        Series tidemark = Series.first(series, Side.TIDEMARK).orElseThrow();
        checks.add(Check.atLeast(eventsPerSecond, "events a second", tidemark.medianPerSecond()));
        if (!isBacklog) {
            checks.add(Check.atMost(
                    medianMillis,
                    "milliseconds a slice, median of the worst run",
                    medians.stream().mapToDouble(Long::doubleValue).max().orElse(0)));
        }
        return checks;
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        notes.add(
                "Time is that of the commits and of the upkeep behind each. The slices before those that count make the process warm, as one is that has run for a minute, and its key index is there.");
        if (!isBacklog) {
            notes.add(
                    "Median of the slices that made it warm, while Java compiles on the same processors: at most %,d ms."
                            .formatted(coldMedians.stream()
                                    .mapToLong(Long::longValue)
                                    .max()
                                    .orElse(0)));
        }
        notes.add("The slices are made through Postgres and capture; at the end the mirror is proven.");
        return notes;
    }
}
