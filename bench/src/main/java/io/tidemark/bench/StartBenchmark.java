package io.tidemark.bench;

import io.tidemark.bench.contest.Benchmark;
import io.tidemark.bench.contest.Check;
import io.tidemark.bench.contest.Contender;
import io.tidemark.bench.contest.Contest;
import io.tidemark.bench.contest.Findings;
import io.tidemark.bench.contest.Measurement;
import io.tidemark.bench.contest.Series;
import io.tidemark.bench.contest.Side;
import io.tidemark.bench.contest.Surroundings;
import io.tidemark.bench.postgres.BenchDatabase;
import io.tidemark.bench.postgres.BenchTable;
import io.tidemark.bench.process.MeasuredProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How long a user waits for the program. */
final class StartBenchmark implements Benchmark {
    private static final long ROWS = 1_000;
    private static final double HELP_SECONDS = 0.5;
    private static final double FIRST_CHANGE_SECONDS = 3;

    private long changes;

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String title() {
        return "Start of the program: its help, and 'run' to the first captured change";
    }

    @Override
    public Findings run(Surroundings surroundings) throws Exception {
        try (BenchDatabase database = BenchDatabase.start(surroundings.folder().resolve("postgres"))) {
            BenchTable.BANK.create(database, ROWS);
            try (BenchMirror mirror =
                    BenchMirror.live(surroundings, database, BenchTable.BANK.id(), "start", "slices: {interval: 1s}")) {
                List<Series> series = new Contest("starts", surroundings.rounds(), surroundings.out())
                        .run(List.of(
                                new Contender("tidemark --help", Side.TIDEMARK, round -> help(surroundings)),
                                new Contender(
                                        "tidemark run, first change",
                                        Side.TIDEMARK,
                                        round -> firstChange(database, mirror))));
                mirror.catchUpAndProve();
                return new Findings(
                        "a table of %,d rows".formatted(ROWS),
                        series,
                        List.of(
                                Check.atMost(
                                        HELP_SECONDS,
                                        "seconds of --help",
                                        series.get(0).medianSeconds()),
                                Check.atMost(
                                        FIRST_CHANGE_SECONDS,
                                        "seconds of 'run' until a change is in a sealed slice",
                                        series.get(1).medianSeconds())),
                        List.of("The change is committed before the start; slices of one second, so that up to a second"
                                + " is waiting for the clock."));
            }
        }
    }

    private static Measurement help(Surroundings surroundings) throws Exception {
        Path log = surroundings.folder().resolve("help.log");
        try (MeasuredProcess process =
                MeasuredProcess.start(List.of(surroundings.program(), "--help"), Map.of(), log)) {
            return new Measurement(1, process.awaitEnd(), List.of());
        }
    }

    private Measurement firstChange(BenchDatabase database, BenchMirror mirror) throws Exception {
        database.execute("update bank set entity = 'started' where id = " + ++changes);
        try (MeasuredProcess process = mirror.start("run")) {
            double seconds = process.secondsUntil(() -> mirror.sealedRows() >= changes);
            return new Measurement(1, seconds, List.of(process.use("tidemark")));
        }
    }
}
