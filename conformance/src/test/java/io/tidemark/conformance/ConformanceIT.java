package io.tidemark.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.tidemark.conformance.ResultTable.Outcome;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Runs every scenario on the oldest and the newest supported Postgres and on DynamoDB, several at a time, and writes a table of the results. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConformanceIT {
    private static final String POSTGRES = "postgres";
    private static final List<Database> DATABASES = Stream.of(
                    new Database("PG 14", POSTGRES, 14),
                    new Database("PG 18", POSTGRES, 18),
                    new Database("DynamoDB", "dynamodb", 0))
            .filter(database -> database.label().contains(System.getProperty("tidemark.database", "")))
            .toList();

    /** Scenarios mostly wait: for a slice to be sealed, for a commit. */
    private static final int AT_A_TIME = 4;

    private static final int RESULT_CHARACTERS_MAX = 160;

    /** Scenarios prepare transactions, and transactions of more than a page or two are to be streamed while they go on. */
    private static final Map<String, String> SETTINGS =
            Map.of("max_prepared_transactions", "10", "logical_decoding_work_mem", "64kB");

    private final Path target = target();
    private final String wanted = System.getProperty("tidemark.scenario", "");
    private final Map<Integer, EmbeddedPostgresServer> servers = new TreeMap<>();
    private final ResultTable results =
            new ResultTable(DATABASES.stream().map(Database::label).toList());
    private final ExecutorService executor = Executors.newFixedThreadPool(AT_A_TIME);

    @TempDir
    Path folder;

    /**
     * What scenarios run on.
     *
     * @param label for people
     * @param source the section of a scenario
     * @param version compared with what a section asks for
     */
    private record Database(String label, String source, int version) {}

    @BeforeAll
    void startServers() {
        for (Database database : DATABASES) {
            if (database.source().equals(POSTGRES) && Files.exists(binaries(database.version()))) {
                servers.put(database.version(), EmbeddedPostgresServer.start(SETTINGS, binaries(database.version())));
            }
        }
    }

    @AfterAll
    void endServersAndWriteTable() throws IOException {
        executor.shutdownNow();
        servers.values().forEach(EmbeddedPostgresServer::close);
        Files.createDirectories(target);
        Files.writeString(target.resolve("conformance.txt"), results.text());
        Files.writeString(target.resolve("conformance.md"), results.markdown());
        System.out.println(results.text());
    }

    @TestFactory
    Stream<DynamicContainer> scenarios() throws IOException, URISyntaxException {
        Map<String, List<DynamicNode>> topics = new LinkedHashMap<>();
        for (Scenario scenario : load()) {
            List<DynamicTest> tests =
                    DATABASES.stream().map(database -> test(scenario, database)).toList();
            topics.computeIfAbsent(scenario.topic(), topic -> new ArrayList<>())
                    .add(dynamicContainer(scenario.name() + ": " + scenario.title(), tests));
        }
        return topics.entrySet().stream().map(topic -> dynamicContainer(topic.getKey(), topic.getValue()));
    }

    private List<Scenario> load() throws IOException, URISyntaxException {
        URI root = ConformanceIT.class.getResource("/scenarios/README.md").toURI();
        Path scenarios = Path.of(root).getParent();
        List<Scenario> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(scenarios, 2)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                String name =
                        scenarios.relativize(file).toString().replace('\\', '/').replace(".md", "");
                if (!name.equals("README") && name.contains(wanted)) {
                    found.add(ScenarioParser.parse(name, Files.readString(file)));
                }
            }
        }
        return found;
    }

    /** The run begins in the background at once; the test waits for its end. */
    private DynamicTest test(Scenario scenario, Database database) {
        String server = database.label();
        Scenario.Section section = scenario.sections().get(database.source());
        String skipped = section == null
                ? "not for " + database.source()
                : database.version() < section.minimumVersion()
                        ? "needs version " + section.minimumVersion()
                        : noServer(database);
        if (!scenario.pending().isEmpty()) {
            results.add(scenario, server, Outcome.PENDING, 0, "pending: " + scenario.pending());
            return dynamicTest(server, () -> assumeTrue(false, "pending: " + scenario.pending()));
        }
        if (!skipped.isEmpty()) {
            results.add(scenario, server, Outcome.NOT_RUN, 0, "");
            return dynamicTest(server, () -> assumeTrue(false, skipped));
        }
        Future<Void> run = executor.submit(run(scenario, database));
        return dynamicTest(server, () -> {
            try {
                run.get();
            } catch (ExecutionException e) {
                throw e.getCause();
            }
        });
    }

    private Callable<Void> run(Scenario scenario, Database on) {
        return () -> {
            long start = System.nanoTime();
            String label = on.label();
            Path place = Files.createDirectories(folder.resolve(scenario.name() + "-" + label.replace(' ', '-')));
            ScenarioDatabase database = on.source().equals(POSTGRES)
                    ? new PostgresDatabase(servers.get(on.version()))
                    : new DynamoDbDatabase();
            try (ScenarioRun run = new ScenarioRun(scenario, on.source(), database, place)) {
                run.run();
                results.add(scenario, label, Outcome.EQUAL, secondsSince(start), Outcome.EQUAL.label);
            } catch (Exception | AssertionError e) {
                results.add(scenario, label, Outcome.FAILED, secondsSince(start), firstWords(e));
                throw new AssertionError(scenario.name() + " on " + label + ": " + e.getMessage(), e);
            }
            return null;
        };
    }

    private static String firstWords(Throwable failure) {
        String text =
                String.valueOf(failure.getMessage()).replaceAll("\\s+", " ").strip();
        return text.length() <= RESULT_CHARACTERS_MAX ? text : text.substring(0, RESULT_CHARACTERS_MAX) + " ...";
    }

    private String noServer(Database database) {
        return !database.source().equals(POSTGRES) || servers.containsKey(database.version())
                ? ""
                : "no binaries of " + database.label() + " for this platform (looked for "
                        + binaries(database.version()) + ")";
    }

    static Path target() {
        return Path.of(System.getProperty("tidemark.target", "target"));
    }

    static Path binaries(int version) {
        return target().resolve("postgres").resolve(version + ".jar");
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
