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
import io.tidemark.bench.postgres.Backlog;
import io.tidemark.bench.postgres.BenchDatabase;
import io.tidemark.bench.postgres.BenchTable;
import io.tidemark.bench.postgres.RawStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A backlog from the slot to the mirror, all roles in one process. */
final class ChainBenchmark implements Benchmark {
    private static final int TRANSACTION = 10;
    private static final double CHANGES_PER_SECOND = 130_000;

    @Override
    public String name() {
        return "chain";
    }

    @Override
    public String title() {
        return "A backlog in transactions of ten, from the start of the program to the mirror";
    }

    @Override
    public Findings run(Surroundings surroundings) throws Exception {
        long rows = surroundings.scale().of(1_000_000, 10_000);
        long transactions = surroundings.scale().of(2_000_000, 2_000);
        try (BenchDatabase database = BenchDatabase.start(surroundings.folder().resolve("postgres"))) {
            BenchTable.BANK.create(database, rows);
            Backlog backlog = new Backlog(database, TRANSACTION, 2 * rows);
            long unused = backlog.add(2);
            List<BenchMirror> mirrors = new ArrayList<>();
            try {
                for (int round = 0; round < surroundings.rounds(); round++) {
                    mirrors.add(BenchMirror.live(
                            surroundings, database, BenchTable.BANK.id(), "chain_" + round, "slices: {interval: 1s}"));
                }
                Optional<RawStream> stream =
                        RawStream.begin(database, BenchTable.BANK.table(), List.of("proto_version=1", "binary=true"));
                surroundings.out().accept("  writing %,d changes".formatted(transactions * TRANSACTION));
                long changes = backlog.add(transactions);
                long newest = database.nowMicros();
                database.execute("update bank set account = account where id = 1");
                database.settle();
                List<Contender> contenders = new ArrayList<>();
                stream.ifPresent(found ->
                        contenders.add(new Contender("pg_recvlogical", Side.LIMIT, round -> found.read(changes))));
                contenders.add(new Contender(
                        "tidemark run", Side.TIDEMARK, round -> drain(mirrors.get(round), changes, newest)));
                List<Series> series = new Contest("changes", surroundings.rounds(), surroundings.out()).run(contenders);
                mirrors.get(mirrors.size() - 1).catchUpAndProve();
                return new Findings(
                        "%,d changes on %,d rows".formatted(changes, rows),
                        series,
                        List.of(Check.atLeast(
                                CHANGES_PER_SECOND,
                                "changes a second, database included",
                                Series.first(series, Side.TIDEMARK)
                                        .orElseThrow()
                                        .medianPerSecond())),
                        List.of(
                                "Of ten changes six are inserts, three updates, one is a delete.",
                                "The time ends when the mirror shows the last change; slices of one second."));
            } finally {
                for (BenchMirror mirror : mirrors) {
                    mirror.close();
                }
            }
        }
    }

    private static Measurement drain(BenchMirror mirror, long changes, long newest) throws Exception {
        return mirror.measure(mirror.start("run"), changes, () -> mirror.newestCommitMicros() >= newest);
    }
}
