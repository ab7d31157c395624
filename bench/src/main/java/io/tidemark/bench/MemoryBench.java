package io.tidemark.bench;

import io.tidemark.engine.run.Role;
import io.tidemark.engine.run.Runner;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.s3.S3Server;
import io.tidemark.workload.demo.DemoDatabase;
import io.tidemark.workload.demo.DemoDatabaseOptions;
import io.tidemark.workload.demo.OnClose;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Memory under what grows without limit: one huge transaction, and the backlog behind a lake that cannot be reached. The limit is the heap that the
 * program was started with ({@code -Xmx}); the report is what the whole process took, as the operating system counts it (VmHWM).
 *
 * <p>Arguments: rows of the transaction (default 10,000,000), changes of the backlog (1,000,000), seconds that the lake is away at least (60).
 */
public final class MemoryBench {
    private static final TableId TABLE = new TableId("public", "t");

    private final PrintStream out;
    private final DemoDatabase database;

    private MemoryBench(PrintStream out, DemoDatabase database) {
        this.out = out;
        this.database = database;
    }

    public static void main(String[] arguments) throws Exception {
        long rows = Bench.number(arguments, 0, 10_000_000);
        long changes = Bench.number(arguments, 1, 1_000_000);
        long seconds = Bench.number(arguments, 2, 60);
        Path folder = Files.createTempDirectory("tidemark-bench");
        try (DemoDatabase database = DemoDatabase.start(
                DemoDatabaseOptions.in(folder.resolve("postgres")).withOnClose(OnClose.DELETE))) {
            MemoryBench bench = new MemoryBench(System.out, database);
            bench.execute("create table t (id bigint primary key, n int, note text)");
            if (rows > 0) {
                bench.transaction(Files.createDirectory(folder.resolve("transaction")), rows);
                bench.execute("truncate t");
            }
            if (changes > 0) {
                bench.outage(Files.createDirectory(folder.resolve("outage")), changes, seconds);
            }
        } finally {
            Bench.delete(folder);
        }
    }

    private void transaction(Path folder, long rows) throws Exception {
        try (BenchPipeline pipeline = open(folder, "huge", "type: iceberg, location: ./lake")) {
            long started = System.nanoTime();
            try (Runner runner = Runner.start(pipeline.pipeline(), EnumSet.allOf(Role.class))) {
                BenchPipeline.await(() -> pipeline.isIn(TableState.LIVE));
                execute("insert into t select i, i, 'note ' || i from generate_series(1, " + rows + ") i");
                double written = Bench.seconds(started);
                BenchPipeline.await(() -> pipeline.isIn(TableState.LIVE) && pipeline.appliedEvents() >= rows);
                out.printf(
                        Locale.ROOT,
                        "transaction  %,d rows: in the mirror after %,.0f s (written in %,.0f s), %s%n",
                        rows,
                        Bench.seconds(started),
                        written,
                        memory());
            }
            pipeline.reopen();
            out.println(pipeline.proof());
        }
    }

    private void outage(Path folder, long changes, long seconds) throws Exception {
        try (S3Server server = S3Server.start(Files.createDirectory(folder.resolve("s3")))) {
            String bucket = server.createBucket("lake");
            String properties = server.properties().entrySet().stream()
                    .map(property -> property.getKey() + ": '" + property.getValue() + "'")
                    .collect(Collectors.joining(", "));
            String lake = "type: iceberg, location: '" + bucket + "/lake', properties: {" + properties + "}";
            try (BenchPipeline pipeline = open(folder, "outage", lake)) {
                long before;
                try (Runner runner = Runner.start(pipeline.pipeline(), EnumSet.allOf(Role.class))) {
                    BenchPipeline.await(() -> pipeline.isIn(TableState.LIVE));
                    execute("insert into t select i, i, 'note ' || i from generate_series(1, 1000) i");
                    BenchPipeline.await(() -> pipeline.appliedEvents() >= 1_000);
                    before = pipeline.appliedEvents();
                    server.stop();
                    long away = System.nanoTime();
                    write(changes);
                    while (Bench.seconds(away) < seconds) {
                        Thread.sleep(100);
                    }
                    double outage = Bench.seconds(away);
                    String during = memory();
                    server.restart();
                    long back = System.nanoTime();
                    BenchPipeline.await(
                            () -> pipeline.isIn(TableState.LIVE) && pipeline.appliedEvents() - before >= changes);
                    out.printf(
                            Locale.ROOT,
                            "outage       %,d changes while the lake was away for %,.0f s: %s; in the mirror %,.0f s after it came back, %s%n",
                            changes,
                            outage,
                            during,
                            Bench.seconds(back),
                            memory());
                }
                pipeline.reopen();
                out.println(pipeline.proof());
            }
        }
    }

    /** Transactions of ten inserts. */
    private void write(long changes) throws SQLException {
        execute("""
                do $$
                begin
                  for n in 1..%d loop
                    insert into t select 1000000 + n * 10 + i, n, 'note ' || n from generate_series(0, 9) i;
                    commit;
                  end loop;
                end $$
                """.formatted(changes / 10));
    }

    private BenchPipeline open(Path folder, String name, String lake) throws IOException {
        String configuration = """
                pipeline: %s
                source:
                  type: postgres
                  url: postgresql://%s:%d/%s
                  user: %s
                  password: %s
                lake: {%s}
                slices: {interval: 1s}
                tables:
                  - include: public.t
                """.formatted(
                name, database.host(), database.port(), DemoDatabase.NAME, database.user(), database.password(), lake);
        return new BenchPipeline(folder, configuration, TABLE);
    }

    /** What the process took at most so far, and the limit of its heap. */
    private static String memory() {
        try {
            long peak = Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
            return String.format(
                    Locale.ROOT,
                    "process at most %,d MiB with a heap of at most %,d MiB",
                    peak / 1024,
                    Runtime.getRuntime().maxMemory() >> 20);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
