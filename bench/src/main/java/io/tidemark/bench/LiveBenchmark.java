package io.tidemark.bench;

import io.tidemark.bench.contest.Benchmark;
import io.tidemark.bench.contest.Check;
import io.tidemark.bench.contest.Contender;
import io.tidemark.bench.contest.Contest;
import io.tidemark.bench.contest.Findings;
import io.tidemark.bench.contest.Measurement;
import io.tidemark.bench.contest.ProcessUse;
import io.tidemark.bench.contest.Scale;
import io.tidemark.bench.contest.Series;
import io.tidemark.bench.contest.Side;
import io.tidemark.bench.contest.Surroundings;
import io.tidemark.bench.postgres.BenchDatabase;
import io.tidemark.bench.postgres.RawCopy;
import io.tidemark.bench.process.MeasuredProcess;
import io.tidemark.engine.query.Queries;
import io.tidemark.engine.table.TableState;
import io.tidemark.workload.bank.BankWorkload;
import io.tidemark.workload.run.LoadOptions;
import io.tidemark.workload.run.WorkloadOptions;
import io.tidemark.workload.run.WorkloadResult;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/** A bank's writers for half an hour: how fresh the mirror is meanwhile, and how fast it is read and proven afterwards. */
final class LiveBenchmark implements Benchmark {
    private static final Duration FULL = Duration.ofMinutes(30);
    private static final Duration SMOKE = Duration.ofSeconds(5);
    private static final Duration WARM_UP = Duration.ofMinutes(1);
    private static final Duration SMOKE_WARM_UP = Duration.ofSeconds(2);
    private static final String TABLE = "bank.transactions";
    private static final int CONNECTIONS = 2;
    private static final String TIDEMARK = "tidemark";

    private static final List<String> NOTES = List.of(
            "Database, writers, Tidemark and what looks on share the machine. Freshness is from commit to the version of the mirror that shows it, every 10 ms.",
            "Clean Parquet is a mirror of the same rows that was just loaded, read by DuckDB without Tidemark; both answers have to be the same.",
            "The proof is made in the benchmark's own process, at rest, with what the query engine takes by default.");

    private static final String GROUP = "select entity, count(*), sum(amount) from %s group by entity order by entity";
    private static final String SUM = "select sum(amount) from %s";
    private static final String COUNT = "select count(*) from %s";

    @Override
    public String name() {
        return "live";
    }

    @Override
    public String title() {
        return "Half an hour of 3,000 transactions a second on ten million rows: freshness, then queries and a proof";
    }

    @Override
    public Findings run(Surroundings surroundings) throws Exception {
        long rows = surroundings.scale().of(10_000_000, 20_000);
        long rate = surroundings.scale().of(3_000, 100);
        try (BenchDatabase database = BenchDatabase.start(surroundings.folder().resolve("postgres"))) {
            BankWorkload bank = new BankWorkload(database.dataSource(), BankWorkload.DEFAULT_SCHEMA);
            bank.load(LoadOptions.of(rows));
            database.execute("vacuum analyze");
            database.settle();
            List<Series> series = new ArrayList<>();
            List<Check> checks = new ArrayList<>();
            List<String> notes = new ArrayList<>(NOTES);
            try (BenchMirror mirror = BenchMirror.of(
                    surroundings, database, BenchPipeline.TRANSACTIONS, "live", "slices: {interval: 1s}")) {
                try (MeasuredProcess process = mirror.start("run")) {
                    process.await(() -> mirror.isIn(TableState.LIVE));
                    series.add(write(surroundings, database, mirror, process, new Writers(bank, rate), checks, notes));
                    process.await(lastChange(database, mirror));
                }
                surroundings.out().accept("  " + mirror.pipeline().requireProof());
                read(surroundings, database, mirror, series, checks);
                proof(surroundings, database, mirror, series, checks);
            }
            return new Findings(
                    "%,d rows at first, %,d transactions a second, slices of one second".formatted(rows, rate),
                    series,
                    checks,
                    notes);
        }
    }

    /** Writers at a rate, in this process. */
    private record Writers(BankWorkload bank, long rate) {
        WorkloadResult write(Duration duration) {
            return bank.run(
                    WorkloadOptions.defaults()
                            .withTransactionsPerSecond((double) rate)
                            .withDuration(duration),
                    progress -> {});
        }
    }

    private static Series write(
            Surroundings surroundings,
            BenchDatabase database,
            BenchMirror mirror,
            MeasuredProcess process,
            Writers writers,
            List<Check> checks,
            List<String> notes)
            throws Exception {
        boolean isSmoke = surroundings.scale() == Scale.SMOKE;
        Duration warmUp = isSmoke ? SMOKE_WARM_UP : WARM_UP;
        Duration measured = isSmoke ? SMOKE : FULL;
        Histogram first = new Histogram();
        Histogram ages = new Histogram();
        AtomicReference<WorkloadResult> result = new AtomicReference<>();
        double postgresBefore = database.cpuSeconds();
        double tidemarkBefore = process.use(TIDEMARK).cpuSeconds();
        Thread thread = new Thread(() -> result.set(writers.write(warmUp.plus(measured))), "writers");
        thread.start();
        Freshness freshness = new Freshness(mirror);
        freshness.watch(thread, warmUp, first);
        freshness.watch(thread, measured.multipliedBy(2), ages);
        thread.join();
        WorkloadResult written = Objects.requireNonNull(result.get(), "the writers failed");
        ProcessUse tidemark = process.use(TIDEMARK);
        checks.add(Check.atMost(1, "freshness, seconds, p50", ages.percentile(50) / 1e3));
        checks.add(Check.atMost(2, "freshness, seconds, p99", ages.percentile(99) / 1e3));
        notes.add(
                "Freshness for %d s after the first %d: p50 %,d ms, p99 %,d ms, at most %,d ms; in those first ones, while Java compiles and the database reads its rows, p50 %,d ms, at most %,d ms."
                        .formatted(
                                measured.toSeconds(),
                                warmUp.toSeconds(),
                                ages.percentile(50),
                                ages.percentile(99),
                                ages.percentile(100),
                                first.percentile(50),
                                first.percentile(100)));
        surroundings.out().accept("  " + notes.get(notes.size() - 1));
        return new Series(
                "tidemark run, while writing",
                Side.TIDEMARK,
                "transactions",
                List.of(new Measurement(
                        written.counts().transactions(),
                        written.elapsed().toMillis() / 1e3,
                        List.of(
                                new ProcessUse(TIDEMARK, tidemark.cpuSeconds() - tidemarkBefore, tidemark.peakBytes()),
                                new ProcessUse("postgres", database.cpuSeconds() - postgresBefore, 0)))));
    }

    /** Whether the mirror shows a change that is committed now, after all others. */
    private static BooleanSupplier lastChange(BenchDatabase database, BenchMirror mirror) throws SQLException {
        long micros = database.nowMicros();
        database.execute("update " + TABLE + " set note = note where ctid = (select ctid from " + TABLE + " limit 1)");
        return () -> mirror.newestCommitMicros() >= micros;
    }

    private static void read(
            Surroundings surroundings,
            BenchDatabase database,
            BenchMirror mirror,
            List<Series> series,
            List<Check> checks)
            throws Exception {
        try (BenchMirror clean = BenchMirror.of(surroundings, database, BenchPipeline.TRANSACTIONS, "clean", "")) {
            try (MeasuredProcess process = clean.start("run")) {
                process.await(() -> clean.isIn(TableState.LIVE));
            }
            String key = database.value("select account || ' and create_at = ''' || create_at || '''' from " + TABLE
                    + " order by account desc limit 1");
            try (Queries queries = new Queries(
                            mirror.pipeline().pipeline(), mirror.pipeline().plugins());
                    Scans scans = Scans.of(
                            surroundings, queries, TABLE, clean.folder().resolve("lake"))) {
                List<Series> group = scans.compare("group-by", GROUP);
                List<Series> sum = scans.compare("sum", SUM);
                List<Series> count = scans.compare("count", COUNT);
                List<Series> lookup = scans.compare("lookup", "select note from %s where account = " + key);
                series.addAll(group);
                series.addAll(sum);
                series.addAll(count);
                series.addAll(lookup);
                checks.add(Check.atMost(1.15, "group-by over all rows, times clean Parquet", times(group)));
                checks.add(Check.atMost(1.5, "bare sum, times clean Parquet", times(sum)));
                checks.add(Check.atMost(1.5, "bare count, times clean Parquet", times(count)));
                checks.add(Check.atMost(
                        50, "point lookup, milliseconds", lookup.get(1).medianSeconds() * 1e3));
            }
        }
    }

    private static double times(List<Series> limitAndMirror) {
        return limitAndMirror.get(1).medianSeconds() / limitAndMirror.get(0).medianSeconds();
    }

    private static void proof(
            Surroundings surroundings,
            BenchDatabase database,
            BenchMirror mirror,
            List<Series> series,
            List<Check> checks)
            throws Exception {
        long rows = database.number("select count(*) from " + TABLE);
        List<Contender> contenders = new ArrayList<>();
        RawCopy.find(database, CONNECTIONS)
                .ifPresent(copy -> contenders.add(
                        new Contender("COPY BINARY to a client", Side.LIMIT, round -> copy.toClient(TABLE, rows))));
        contenders.add(new Contender("proof", Side.TIDEMARK, round -> {
            long started = System.nanoTime();
            String unused = mirror.pipeline().requireProof();
            return new Measurement(rows, (System.nanoTime() - started) / 1e9, List.of());
        }));
        List<Series> compared = new Contest("rows", surroundings.rounds(), surroundings.out()).run(contenders);
        series.addAll(compared);
        if (compared.size() == 2) {
            checks.add(Check.atMost(1.5, "proof, times COPY BINARY to a client", times(compared)));
        }
    }
}
