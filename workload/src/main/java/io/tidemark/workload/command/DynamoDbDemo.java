package io.tidemark.workload.command;

import io.tidemark.cli.Session;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.workload.demo.DemoDynamoDb;
import io.tidemark.workload.demo.DemoDynamoDb.JarPlaces;
import io.tidemark.workload.shop.ShopWorkload;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * A demo on DynamoDB Local, which is fetched at first use, with the shop in it.
 *
 * @param session of the command
 * @param repository URL of a Maven repository to fetch it from, if one is named
 */
record DynamoDbDemo(Session session, Optional<URI> repository) implements DemoSource {
    private static final String SECRET_FILE = "secret-key";

    private static final List<DemoQueries.Question> QUESTIONS = List.of(
            new DemoQueries.Question(
                    "Which articles sell best? (SQL on the mirror; a list of an item is JSON)",
                    List.of(
                            "select line->>'sku' as article, sum((line->>'quantity')::int) as sold",
                            "from (select unnest(lines::json[]) as line from dynamodb.shop_orders)",
                            "group by article order by sold desc, article limit 5")),
            new DemoQueries.Question(
                    "How many rows does each mirror table have?",
                    List.of(
                            "select 'customers' as mirror, count(*) as rows from dynamodb.shop_customers",
                            "union all select 'orders', count(*) from dynamodb.shop_orders",
                            "union all select 'parcels', count(*) from dynamodb.shop_parcels")),
            new DemoQueries.Question(
                    "What happened last to the customer that changed most? (SQL on the history)",
                    List.of(
                            "select _tidemark_commit_time as committed, _tidemark_op as op, id,",
                            "  balance::decimal(12,2) as balance, name from history.dynamodb.shop_customers where id =",
                            "  (select id from history.dynamodb.shop_customers",
                            "   group by id order by count(*) desc, id limit 1)",
                            "order by _tidemark_position desc, _tidemark_sequence desc limit 5")));

    static {
        // The texts above name it, so that a reader can paste them.
        if (!ShopWorkload.DEFAULT_PREFIX.equals("shop_")) {
            throw new IllegalStateException("Cannot ask about tables shop_*: the demo writes to others");
        }
    }

    @Override
    public String type() {
        return ShopAddress.TYPE;
    }

    @Override
    public String command() {
        return "tidemark demo --source dynamodb";
    }

    @Override
    public String server() {
        return DemoDynamoDb.NAME;
    }

    @Override
    public List<String> notices() {
        return List.of(
                "DynamoDB Local is software of AWS under the DynamoDB Local License Agreement. Its files come",
                "from Maven, at first use by download; it runs in this process, and nothing is sent to AWS.");
    }

    @Override
    public String files() {
        return "the tables and streams of DynamoDB Local";
    }

    @Override
    public long rows() {
        return 10_000;
    }

    @Override
    public double transactionsPerSecond() {
        return 50;
    }

    /** Writes bring attributes that no item had; a load that meets one reads the table once more, and a stream adds a column. */
    @Override
    public boolean isLoadedUnderWrites() {
        return false;
    }

    @Override
    public String addressSetting() {
        return "endpoint";
    }

    @Override
    public List<DemoQueries.Question> questions() {
        return QUESTIONS;
    }

    @Override
    public String firstQuery() {
        return "select count(*) from dynamodb.shop_orders";
    }

    @Override
    public List<String> own() {
        return List.of("docs/guides/dynamodb.md", "begins with your own tables");
    }

    @Override
    public IntFunction<DemoServer> prepare(DemoFolder folder, Steps steps, Steps.Step step, StopSignals signals)
            throws InterruptedException {
        JarPlaces places =
                new JarPlaces(session.environment(), folder.database().resolve("jars"), repository);
        List<Path> jars = Task.run(
                "demo-jars",
                () -> DemoDynamoDb.jars(places, step::update, steps::say),
                signals,
                Demo.INTERRUPT_PATIENCE);
        step.update("starting " + server());
        Optional<Path> files = folder.isKept() ? Optional.of(folder.database()) : Optional.empty();
        return port -> server(DemoDynamoDb.start(jars, files, port), folder);
    }

    private DemoServer server(DemoDynamoDb database, DemoFolder folder) {
        try {
            writeSecret(folder, database.secretKey());
            Settings settings = new Settings(
                    "demo",
                    Map.of(
                            "endpoint", database.endpoint().toString(),
                            "region", database.region(),
                            "access-key", database.accessKey(),
                            "secret-key", database.secretKey()),
                    Map.of());
            WorkloadTarget target = WorkloadTarget.shop(session, settings, ShopWorkload.DEFAULT_PREFIX);
            return new DemoServer(
                    DemoDynamoDb.version(),
                    database.endpoint().getPort(),
                    database.endpoint().toString(),
                    config(database),
                    target.workload(),
                    () -> {
                        try (database) {
                            target.close();
                        }
                    });
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private static void writeSecret(DemoFolder folder, String secret) {
        try {
            Files.writeString(Files.createDirectories(folder.database()).resolve(SECRET_FILE), secret);
        } catch (IOException e) {
            throw new TidemarkException(
                    ErrorCode.DEMO_DATABASE,
                    "Cannot write the demo's secret key: " + e.getClass().getSimpleName() + " (folder="
                            + folder.database() + ")",
                    e);
        }
    }

    private static String config(DemoDynamoDb database) {
        return """
                # The demo's configuration, as you would write it for tables of your own, there without endpoint and keys.
                # 'tidemark settings' lists all settings with their defaults.
                pipeline: demo

                source:
                  type: dynamodb
                  endpoint: %s
                  region: %s
                  # DynamoDB Local takes any. Without these settings the AWS SDK finds your own.
                  access-key: %s
                  secret-key: ${file:./%s/%s}

                lake:
                  location: ./lake

                # A time slice holds all changes of all tables between two positions. The shorter, the fresher the lake.
                slices:
                  interval: 1s

                tables:
                  - include: dynamodb.%s*
                """.formatted(
                        database.endpoint(),
                        database.region(),
                        database.accessKey(),
                        DemoFolder.DATABASE,
                        SECRET_FILE,
                        ShopWorkload.DEFAULT_PREFIX);
    }
}
