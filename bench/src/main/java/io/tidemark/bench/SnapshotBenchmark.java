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
import io.tidemark.bench.peer.DebeziumPeer;
import io.tidemark.bench.postgres.BenchDatabase;
import io.tidemark.bench.postgres.BenchTable;
import io.tidemark.bench.postgres.RawCopy;
import io.tidemark.bench.process.MeasuredProcess;
import io.tidemark.engine.table.TableState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Existing rows of a table, from the start of the program to the committed mirror. */
final class SnapshotBenchmark implements Benchmark {
    private static final int CONNECTIONS = 2;
    private static final double ROWS_PER_CPU_SECOND = 700_000;
    private static final double TIMES_OF_COPY = 3;
    private static final double TIMES_OF_DEBEZIUM = 6;

    private final BenchTable table;
    private final long fullRows;

    SnapshotBenchmark(BenchTable table, long fullRows) {
        this.table = table;
        this.fullRows = fullRows;
    }

    @Override
    public String name() {
        return table == BenchTable.BANK ? "snapshot" : "snapshot-" + table.table();
    }

    @Override
    public String title() {
        return "Snapshot of the " + table.table() + " table, from the start of the program to the committed mirror";
    }

    @Override
    public Findings run(Surroundings surroundings) throws Exception {
        long rows = surroundings.scale().of(fullRows, 20_000);
        try (BenchDatabase database = BenchDatabase.start(surroundings.folder().resolve("postgres"))) {
            table.create(database, rows);
            long bytes = database.number("select pg_relation_size('" + table.table() + "')");
            List<Contender> contenders = new ArrayList<>();
            List<Double> untilLive = new ArrayList<>();
            Optional<RawCopy> copy = RawCopy.find(database, CONNECTIONS);
            copy.ifPresent(found -> {
                contenders.add(new Contender(
                        "COPY BINARY to a client", Side.LIMIT, round -> found.toClient(table.table(), rows)));
                contenders.add(new Contender(
                        "COPY BINARY inside the server", Side.LIMIT, round -> found.inServer(table.table(), rows)));
            });
            peer(surroundings, database)
                    .ifPresent(peer ->
                            contenders.add(new Contender("Debezium engine", Side.PEER, round -> peer.snapshot(rows))));
            contenders.add(new Contender(
                    "tidemark run", Side.TIDEMARK, round -> load(surroundings, database, rows, round, untilLive)));
            List<Series> series = new Contest("rows", surroundings.rounds(), surroundings.out()).run(contenders);
            return new Findings(
                    "%,d rows, %,d bytes in the database".formatted(rows, bytes),
                    series,
                    table == BenchTable.BANK ? checks(series) : List.of(),
                    notes(series, untilLive));
        }
    }

    /** A try with little work does without it where another benchmark tries it. */
    private Optional<DebeziumPeer> peer(Surroundings surroundings, BenchDatabase database) {
        return surroundings.scale() == Scale.FULL || table == BenchTable.BANK
                ? DebeziumPeer.find(surroundings.checkout(), database, table.table(), surroundings.folder())
                : Optional.empty();
    }

    /** @param untilLive receives the seconds that the table took to be live, which needs its key index */
    private Measurement load(
            Surroundings surroundings, BenchDatabase database, long rows, int round, List<Double> untilLive)
            throws Exception {
        database.settle();
        try (BenchMirror mirror = BenchMirror.of(surroundings, database, table.id(), "copy_" + round, "")) {
            double cpuBefore = database.cpuSeconds();
            Measurement measured;
            try (MeasuredProcess process = mirror.start("run")) {
                double seconds = process.secondsUntil(mirror.pipeline()::isCommitted);
                measured = new Measurement(
                        rows,
                        seconds,
                        List.of(
                                process.use("tidemark"),
                                new ProcessUse("postgres", database.cpuSeconds() - cpuBefore, 0)));
                untilLive.add(process.secondsUntil(() -> mirror.isIn(TableState.LIVE)));
            }
            mirror.requireProof(rows);
            return measured;
        }
    }

    private static List<Check> checks(List<Series> series) {
        List<Check> checks = new ArrayList<>();
        Series tidemark = Series.first(series, Side.TIDEMARK).orElseThrow();
        checks.add(Check.atLeast(
                ROWS_PER_CPU_SECOND,
                "rows per CPU second of Tidemark's process",
                tidemark.median(run -> run.amount() / run.cpuSeconds("tidemark"))));
        Series.first(series, Side.LIMIT)
                .ifPresent(limit -> checks.add(Check.atMost(
                        TIMES_OF_COPY,
                        "wall time, times " + limit.contender(),
                        tidemark.medianSeconds() / limit.medianSeconds())));
        checks.addAll(DebeziumPeer.checks(series, tidemark, TIMES_OF_DEBEZIUM));
        return checks;
    }

    private static List<String> notes(List<Series> series, List<Double> untilLive) {
        List<String> notes = new ArrayList<>(List.of(
                "Tidemark reads with " + CONNECTIONS + " connections, its default; the limit with as many.",
                "Each run makes a mirror of its own, with a process that starts cold, and ends with a proof of all rows.",
                "It counts until the lake has the mirror; the table was live, with its key index, after %.2f s (%d runs, the slowest)."
                        .formatted(
                                untilLive.stream()
                                        .mapToDouble(Double::doubleValue)
                                        .max()
                                        .orElseThrow(),
                                untilLive.size())));
        if (Series.first(series, Side.LIMIT).isEmpty()) {
            notes.add("No limit: psql is not installed.");
        }
        if (Series.first(series, Side.PEER).isPresent()) {
            notes.add(DebeziumPeer.NOTE);
        }
        return notes;
    }
}
