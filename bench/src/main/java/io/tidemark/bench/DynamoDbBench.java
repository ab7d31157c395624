package io.tidemark.bench;

import io.tidemark.engine.plugin.Plugins;
import io.tidemark.engine.query.Queries;
import io.tidemark.engine.run.Role;
import io.tidemark.engine.run.Runner;
import io.tidemark.engine.table.TableState;
import io.tidemark.server.DynamoDbServer;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.item.ItemStore;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.server.BuiltJars;
import io.tidemark.workload.run.LoadOptions;
import io.tidemark.workload.run.WorkloadOptions;
import io.tidemark.workload.run.WorkloadResult;
import io.tidemark.workload.shop.ShopWorkload;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Freshness of a mirror of DynamoDB Local in this process: from the moment at which a write was acknowledged until a query on the mirror shows it.
 *
 * <p>Arguments: orders that exist before (default 20,000), seconds of live writes (60), items written a second (500).
 */
public final class DynamoDbBench {
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration LAST_PATIENCE = Duration.ofMinutes(1);
    /** DynamoDB Local takes few calls a second, and more items by each. */
    private static final int ITEMS_PER_CALL = 20;

    private static final long MARKER_MILLIS = 100;
    private static final long LOOK_MILLIS = 200;
    private static final TableId ORDERS = new TableId("dynamodb", "shop_orders");

    private final PrintStream out;
    private final DynamoDbServer server;
    private final ItemStore store;
    private final Path folder;

    private DynamoDbBench(PrintStream out, DynamoDbServer server, ItemStore store, Path folder) {
        this.out = out;
        this.server = server;
        this.store = store;
        this.folder = folder;
    }

    public static void main(String[] arguments) throws Exception {
        long rows = Bench.number(arguments, 0, 20_000);
        long seconds = Bench.number(arguments, 1, 60);
        long rate = Bench.number(arguments, 2, 500);
        Path folder = Files.createTempDirectory("tidemark-bench");
        try (DynamoDbServer server = DynamoDbServer.start(BuiltJars.dynamoDb());
                ItemStore store = new Plugins().itemStore("dynamodb").open(settings(server))) {
            new DynamoDbBench(System.out, server, store, folder).run(rows, seconds, rate);
        } finally {
            Bench.delete(folder);
        }
    }

    private static Settings settings(DynamoDbServer server) {
        return new Settings(
                "bench",
                Map.of(
                        "endpoint", server.endpoint().toString(),
                        "region", server.region(),
                        "access-key", server.accessKey(),
                        "secret-key", server.secretKey()),
                Map.of());
    }

    private void run(long rows, long seconds, long rate) throws Exception {
        ShopWorkload shop = new ShopWorkload(store, ShopWorkload.DEFAULT_PREFIX, Clock.systemUTC());
        shop.load(LoadOptions.of(rows));
        Histogram histogram = new Histogram();
        Markers markers = new Markers(store, histogram);
        markers.begin();
        try (BenchPipeline pipeline = new BenchPipeline(folder, configuration(), ORDERS)) {
            freshness(pipeline, shop, markers, histogram, WARM_UP.plusSeconds(seconds), rate);
            out.println(pipeline.proof());
        }
    }

    private String configuration() {
        return """
                pipeline: bench
                source:
                  type: dynamodb
                  endpoint: %s
                  region: %s
                  access-key: %s
                  secret-key: %s
                lake: {type: %s, location: ./lake}
                slices: {interval: 1s}
                """.formatted(
                        server.endpoint(),
                        server.region(),
                        server.accessKey(),
                        server.secretKey(),
                        System.getProperty("lake", "iceberg"));
    }

    private void freshness(
            BenchPipeline pipeline,
            ShopWorkload shop,
            Markers markers,
            Histogram histogram,
            Duration duration,
            long rate)
            throws Exception {
        try (Runner runner = Runner.start(pipeline.pipeline(), EnumSet.allOf(Role.class));
                Queries queries = new Queries(pipeline.pipeline(), pipeline.plugins())) {
            BenchPipeline.await(() -> pipeline.isIn(TableState.LIVE));
            WorkloadOptions options = WorkloadOptions.defaults()
                    .withTransactionsPerSecond((double) rate / ITEMS_PER_CALL)
                    .withChangesPerTransaction(ITEMS_PER_CALL)
                    .withDuration(duration)
                    .withThreads(16);
            CompletableFuture<WorkloadResult> writers =
                    CompletableFuture.supplyAsync(() -> shop.run(options, progress -> {}));
            Thread.sleep(WARM_UP.toMillis());
            watch(markers, writers, queries);
            WorkloadResult result = writers.join();
            out.printf(
                    Locale.ROOT,
                    "freshness  p50 %,d ms, p99 %,d ms, max %,d ms from acknowledgement to a query's answer, 1 s slices, %,.0f items/s for %d s, %d markers (target p99 under 5,000 ms)%n",
                    histogram.percentile(50),
                    histogram.percentile(99),
                    histogram.percentile(100),
                    result.counts().changes() / (result.elapsed().toMillis() / 1000.0),
                    duration.minus(WARM_UP).toSeconds(),
                    histogram.total());
        }
        pipeline.reopen();
    }

    private static void watch(Markers markers, CompletableFuture<WorkloadResult> writers, Queries queries)
            throws InterruptedException {
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            while (!writers.isDone()) {
                markers.write();
                pause(MARKER_MILLIS);
            }
        });
        long end = Long.MAX_VALUE;
        while (!writing.isDone() || markers.pending() > 0) {
            markers.look(queries);
            if (writing.isDone()) {
                end = Math.min(end, System.nanoTime() + LAST_PATIENCE.toNanos());
                if (System.nanoTime() > end) {
                    throw new IllegalStateException("Cannot measure: the last writes do not come to the mirror");
                }
            }
            Thread.sleep(LOOK_MILLIS);
        }
        writing.join();
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
