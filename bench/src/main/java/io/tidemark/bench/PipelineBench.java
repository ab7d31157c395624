package io.tidemark.bench;

import io.tidemark.engine.run.Role;
import io.tidemark.engine.run.Runner;
import io.tidemark.engine.table.TableProgress;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.workload.bank.BankWorkload;
import io.tidemark.workload.demo.DemoDatabase;
import io.tidemark.workload.demo.DemoDatabaseOptions;
import io.tidemark.workload.demo.OnClose;
import io.tidemark.workload.run.LoadOptions;
import io.tidemark.workload.run.WorkloadOptions;
import io.tidemark.workload.run.WorkloadResult;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Snapshot, capture, apply and freshness on the bank's transactions table, one after the other on one server, each beside its limit.
 *
 * <p>Arguments: rows of the snapshot (default 3,000,000), changes of the backlog (1,000,000), seconds of live writes (30), transactions a second
 * of them (1,000).
 */
public final class PipelineBench {
    private static final Duration WARM_UP = Duration.ofSeconds(5);

    private final PrintStream out;
    private final DemoDatabase database;
    private final Path folder;
    private int backlogs;

    private PipelineBench(PrintStream out, DemoDatabase database, Path folder) {
        this.out = out;
        this.database = database;
        this.folder = folder;
    }

    public static void main(String[] arguments) throws Exception {
        long rows = Bench.number(arguments, 0, 3_000_000);
        long changes = Bench.number(arguments, 1, 1_000_000);
        long seconds = Bench.number(arguments, 2, 30);
        long rate = Bench.number(arguments, 3, 1_000);
        Path folder = Files.createTempDirectory("tidemark-bench");
        try (DemoDatabase database = DemoDatabase.start(
                DemoDatabaseOptions.in(folder.resolve("postgres")).withOnClose(OnClose.DELETE))) {
            new PipelineBench(System.out, database, folder).run(rows, changes, seconds, rate);
        } finally {
            Bench.delete(folder);
        }
    }

    private void run(long rows, long changes, long seconds, long rate) throws Exception {
        BankWorkload bank = new BankWorkload(database.dataSource(), BankWorkload.DEFAULT_SCHEMA);
        bank.load(LoadOptions.of(rows));
        execute("analyze");
        try (BenchPipeline pipeline = BenchPipeline.ofBank(database, folder, "1s")) {
            snapshot(pipeline, rows);
            index(pipeline);
            capture(pipeline, changes);
            apply(pipeline, changes);
            out.println(pipeline.proof());
            freshness(pipeline, bank, seconds, rate);
            out.println(pipeline.proof());
        }
    }

    private void snapshot(BenchPipeline pipeline, long rows) throws Exception {
        long limitStarted = System.nanoTime();
        long bytes = copyOut("copy bank.transactions to stdout (format binary)");
        double limit = rows / Bench.seconds(limitStarted);
        long started = System.nanoTime();
        pipeline.play(
                EnumSet.of(Role.CAPTURE, Role.SNAPSHOT),
                () -> pipeline.isIn(TableState.CATCHING_UP) || pipeline.isIn(TableState.LIVE));
        report(
                "snapshot",
                "rows/s",
                rows / Bench.seconds(started),
                "one COPY BINARY thrown away (" + bytes / rows + " bytes a row)",
                limit);
    }

    /** The first apply builds the key index from the table; this is measured apart. */
    private void index(BenchPipeline pipeline) throws Exception {
        backlog(100);
        long started = System.nanoTime();
        pipeline.play(
                EnumSet.allOf(Role.class), () -> pipeline.isIn(TableState.LIVE) && pipeline.appliedEvents() >= 95);
        out.printf(Locale.ROOT, "key index  %12.1f s until the first apply was done%n", Bench.seconds(started));
    }

    private void capture(BenchPipeline pipeline, long changes) throws Exception {
        backlog(changes);
        long before = sealedRows(pipeline);
        long started = System.nanoTime();
        pipeline.play(EnumSet.of(Role.CAPTURE), () -> sealedRows(pipeline) - before >= changes - 5);
        out.printf(
                Locale.ROOT,
                "capture    %,12.0f changes/s to sealed slices (start of the stream included; target 100,000)%n",
                changes / Bench.seconds(started));
    }

    /** Transactions of ten changes: six inserts, three updates, a delete; the first two have fewer. */
    private void backlog(long changes) throws SQLException {
        int from = ++backlogs * 100_000_000;
        execute("""
                do $$
                begin
                  for n in 1..%2$d loop
                    insert into bank.transactions (account, create_at, update_at, entity, amount, is_credit, note)
                    select %1$d + n, clock_timestamp() + i * interval '1 us', clock_timestamp(), 'entity ' || i, n / 7.0, true, 'note ' || n
                    from generate_series(1, 6) i;
                    update bank.transactions set note = 'changed ' || n, update_at = clock_timestamp()
                    where account = %1$d + n - 1 and entity in ('entity 1', 'entity 2', 'entity 3');
                    delete from bank.transactions where account = %1$d + n - 2 and entity = 'entity 4';
                    commit;
                  end loop;
                end $$
                """.formatted(from, changes / 10));
    }

    private void apply(BenchPipeline pipeline, long changes) throws Exception {
        long newest = pipeline.pipeline()
                .sliceLog()
                .newest()
                .map(SliceManifest::sequence)
                .orElse(0L);
        long started = System.nanoTime();
        pipeline.play(EnumSet.of(Role.ORCHESTRATOR, Role.WORKER), () -> {
            pipeline.isIn(TableState.LIVE);
            return pipeline.applied() >= newest;
        });
        out.printf(
                Locale.ROOT,
                "apply      %,12.0f events/s into the mirror (target 80,000)%n",
                changes / Bench.seconds(started));
    }

    private void freshness(BenchPipeline pipeline, BankWorkload bank, long seconds, long rate) throws Exception {
        Histogram histogram = new Histogram();
        try (Runner runner = Runner.start(pipeline.pipeline(), EnumSet.allOf(Role.class))) {
            BenchPipeline.await(() -> pipeline.isIn(TableState.LIVE));
            WorkloadOptions options = WorkloadOptions.defaults()
                    .withTransactionsPerSecond((double) rate)
                    .withDuration(Duration.ofSeconds(seconds));
            WorkloadResult[] result = new WorkloadResult[1];
            Thread writers = new Thread(() -> result[0] = bank.run(options, progress -> {}), "writers");
            writers.start();
            Thread.sleep(WARM_UP.toMillis());
            watch(pipeline, writers, histogram);
            writers.join();
            out.printf(
                    Locale.ROOT,
                    "freshness  p50 %,d ms, p99 %,d ms, max %,d ms from commit to the mirror, 1 s slices, %,.0f transactions/s (target p99 under 3,000 ms)%n",
                    histogram.percentile(50),
                    histogram.percentile(99),
                    histogram.percentile(100),
                    result[0].transactionsPerSecond());
        }
        pipeline.reopen();
    }

    /** Every millisecond of commit time that a new version of the mirror shows counts once, with its age at that moment. */
    private static void watch(BenchPipeline pipeline, Thread writers, Histogram histogram) throws InterruptedException {
        long seenMicros = 0;
        while (writers.isAlive()) {
            long newest = pipeline.pipeline()
                    .progress()
                    .find(BenchPipeline.TRANSACTIONS)
                    .map(TableProgress::newestCommitMicros)
                    .orElse(0L);
            long now = System.currentTimeMillis();
            if (newest > seenMicros) {
                for (long micros = Math.max(seenMicros, newest - 10_000_000L);
                        seenMicros > 0 && micros < newest;
                        micros += 1_000) {
                    histogram.add(now - micros / 1_000);
                }
                seenMicros = newest;
            }
            Thread.sleep(5);
        }
    }

    private static long sealedRows(BenchPipeline pipeline) {
        long rows = 0;
        for (SliceManifest slice : pipeline.pipeline().sliceLog().after(0, Integer.MAX_VALUE)) {
            rows += slice.rows();
        }
        return rows;
    }

    private void report(String what, String unit, double rate, String limitName, double limit) {
        out.printf(
                Locale.ROOT,
                "%-10s %,12.0f %s = %.2f of %s at %,.0f %s%n",
                what,
                rate,
                unit,
                rate / limit,
                limitName,
                limit,
                unit);
    }

    private long copyOut(String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql);
            long bytes = 0;
            byte[] row = copy.readFromCopy();
            while (row != null) {
                bytes += row.length;
                row = copy.readFromCopy();
            }
            return bytes;
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
