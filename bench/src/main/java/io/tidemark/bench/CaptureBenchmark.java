package io.tidemark.bench;

import io.tidemark.bench.contest.Benchmark;
import io.tidemark.bench.contest.Check;
import io.tidemark.bench.contest.Contender;
import io.tidemark.bench.contest.Contest;
import io.tidemark.bench.contest.Findings;
import io.tidemark.bench.contest.Measurement;
import io.tidemark.bench.contest.Scale;
import io.tidemark.bench.contest.Series;
import io.tidemark.bench.contest.Side;
import io.tidemark.bench.contest.Surroundings;
import io.tidemark.bench.peer.DebeziumPeer;
import io.tidemark.bench.postgres.Backlog;
import io.tidemark.bench.postgres.BenchDatabase;
import io.tidemark.bench.postgres.BenchTable;
import io.tidemark.bench.postgres.RawStream;
import io.tidemark.bench.process.MeasuredProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A backlog of changes, from the slot to sealed slices. */
final class CaptureBenchmark implements Benchmark {
    private static final int TEN = 10;
    private static final long SMOKE_CHANGES = 20_000;
    private static final long ROWS_BEFORE = 10_000;
    private static final int HUGE = 1_000_000;
    private static final double TIMES_OF_CLIENT = 2;
    private static final double TIMES_OF_CLIENT_READ = 4;
    private static final double TIMES_OF_DEBEZIUM = 4;
    private static final double TIMES_OF_CLIENT_HUGE = 0.8;
    private static final double CPU_SECONDS_A_MILLION = 2.5;

    private static final String READ = "tidemark's reader";
    private static final String CAPTURE = "tidemark capture";

    private final int transactionChanges;
    private final long fullChanges;

    /** @param transactionChanges changes of a transaction */
    CaptureBenchmark(int transactionChanges, long fullChanges) {
        this.transactionChanges = transactionChanges;
        this.fullChanges = fullChanges;
    }

    @Override
    public String name() {
        return transactionChanges == TEN ? "capture" : "capture-" + (isHuge() ? "huge" : transactionChanges);
    }

    @Override
    public String title() {
        return "Capture of a backlog in transactions of %,d, from the start of the program to sealed slices"
                .formatted(transactionChanges);
    }

    @Override
    public Findings run(Surroundings surroundings) throws Exception {
        long wanted = surroundings.scale().of(fullChanges, SMOKE_CHANGES);
        int size = (int) Math.min(transactionChanges, wanted);
        try (BenchDatabase database = BenchDatabase.start(surroundings.folder().resolve("postgres"))) {
            BenchTable.BANK.create(database, ROWS_BEFORE);
            Backlog backlog = new Backlog(database, size, 2 * ROWS_BEFORE);
            long unused = backlog.add(2);
            List<BenchMirror> mirrors = new ArrayList<>();
            try {
                for (int round = 0; round < surroundings.rounds(); round++) {
                    mirrors.add(BenchMirror.live(
                            surroundings,
                            database,
                            BenchTable.BANK.id(),
                            "capture_" + round,
                            "slices: {interval: 1s}"));
                }
                Optional<RawStream> stream = RawStream.begin(database, BenchTable.BANK.table(), options());
                Optional<DebeziumPeer> debezium = peer(surroundings, database);
                if (debezium.isPresent()) {
                    debezium.orElseThrow().beginStream();
                }
                long changes = backlog.add(wanted / size);
                database.settle();
                List<Contender> contenders = new ArrayList<>();
                stream.ifPresent(found ->
                        contenders.add(new Contender("pg_recvlogical", Side.LIMIT, round -> found.read(changes))));
                debezium.ifPresent(peer ->
                        contenders.add(new Contender("Debezium engine", Side.PEER, round -> peer.stream(changes))));
                if (transactionChanges == TEN) {
                    contenders.add(new Contender(READ, Side.TIDEMARK, round -> read(mirrors.get(round), changes)));
                }
                contenders.add(new Contender(CAPTURE, Side.TIDEMARK, round -> drain(mirrors.get(round), changes)));
                List<Series> series = new Contest("changes", surroundings.rounds(), surroundings.out()).run(contenders);
                mirrors.get(mirrors.size() - 1).catchUpAndProve();
                return new Findings(
                        "%,d changes in transactions of %,d".formatted(changes, size),
                        series,
                        checks(series),
                        notes(series));
            } finally {
                for (BenchMirror mirror : mirrors) {
                    mirror.close();
                }
            }
        }
    }

    /** A try with little work does without it where another benchmark tries it. */
    private Optional<DebeziumPeer> peer(Surroundings surroundings, BenchDatabase database) {
        return surroundings.scale() == Scale.FULL || transactionChanges == TEN
                ? DebeziumPeer.find(surroundings.checkout(), database, BenchTable.BANK.table(), surroundings.folder())
                : Optional.empty();
    }

    private static Measurement drain(BenchMirror mirror, long changes) throws Exception {
        return mirror.measure(mirror.start("capture"), changes, () -> mirror.sealedRows() >= changes);
    }

    /** The same reader and decoder without slices; nothing is acknowledged. */
    private static Measurement read(BenchMirror mirror, long changes) throws Exception {
        MeasuredProcess process = mirror.startStream(changes);
        return mirror.measure(
                process, changes, () -> process.line(StreamMain.MEASURED).isPresent());
    }

    private boolean isHuge() {
        return transactionChanges >= HUGE;
    }

    /** Of pgoutput; Tidemark has a huge transaction streamed before it ends, so the client does too. */
    private List<String> options() {
        return isHuge()
                ? List.of("proto_version=2", "streaming=on", "binary=true")
                : List.of("proto_version=1", "binary=true");
    }

    private List<Check> checks(List<Series> series) {
        List<Check> checks = new ArrayList<>();
        if (transactionChanges != TEN && !isHuge()) {
            return checks;
        }
        Series tidemark = Series.of(series, CAPTURE).orElseThrow();
        Series.first(series, Side.LIMIT)
                .ifPresent(limit -> checks.add(Check.atLeast(
                        isHuge() ? TIMES_OF_CLIENT_HUGE : TIMES_OF_CLIENT,
                        "changes a second, times " + limit.contender(),
                        tidemark.medianPerSecond() / limit.medianPerSecond())));
        if (isHuge()) {
            return checks;
        }
        Series read = Series.of(series, READ).orElseThrow();
        Series.first(series, Side.LIMIT)
                .ifPresent(limit -> checks.add(Check.atLeast(
                        TIMES_OF_CLIENT_READ,
                        "backlog read and decoded to nowhere, times " + limit.contender(),
                        read.medianPerSecond() / limit.medianPerSecond())));
        checks.add(Check.atMost(
                CPU_SECONDS_A_MILLION,
                "CPU seconds of Tidemark's process per million changes",
                tidemark.median(run -> run.cpuSeconds("tidemark") * 1e6 / run.amount())));
        // What the peer reads is thrown away, too.
        checks.addAll(DebeziumPeer.checks(series, read, TIMES_OF_DEBEZIUM));
        checks.addAll(DebeziumPeer.checks(series, tidemark, TIMES_OF_DEBEZIUM));
        return checks;
    }

    private static List<String> notes(List<Series> series) {
        List<String> notes = new ArrayList<>(
                List.of(
                        "Of ten changes six are inserts, three updates, one is a delete.",
                        "Slices of one second; the time ends when the last change is in a sealed one, so that up to a second of it is waiting for the clock.",
                        "Each run drains the same backlog from a slot of its own; the last mirror is brought up to it and proven."));
        if (Series.first(series, Side.LIMIT).isEmpty()) {
            notes.add("No limit: pg_recvlogical is not installed.");
        }
        if (Series.first(series, Side.PEER).isPresent()) {
            notes.add(DebeziumPeer.NOTE);
        }
        return notes;
    }
}
