package io.tidemark.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidemark.engine.table.TableState;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random tables, rows, changes of tables and restarts, by seed; afterwards both comparisons must find the mirrors equal. Odd seeds run on the oldest
 * supported Postgres, even ones on the newest; every third one mirrors a part of the rows and columns under other names. With {@code -Pslow} 200 seeds, else 5; {@code -Dseed=N,...} runs chosen ones.
 */
class RandomHistoryIT {
    private static final int TABLES = 4;
    private static final int STEPS = 40;
    /** Rows of the last step are among those that are mirrored, so that each change of a table is followed by one. */
    private static final String WHERE = "(k1 between 5 and 24 or k1 >= 30) and k2 <> 'b'";

    private static final String MAPPED = """
            tables:
              - include: public.*
                where: "(k1 between 5 and 24 or k1 >= 30) and k2 <> 'b'"
                omit: ["c*3"]
                add: {origin: "'it''s'", again: $k2}
            transformations:
              - {table: public.*, add-prefix: m_}
              - {column: public.*.*, add-suffix: _x}
            """;
    private static final Map<Integer, EmbeddedPostgresServer> SERVERS = new TreeMap<>();

    @TempDir
    Path folder;

    @BeforeAll
    static void startServers() {
        for (int version : new int[] {14, 18}) {
            Path binaries = ConformanceIT.binaries(version);
            if (Files.exists(binaries)) {
                SERVERS.put(
                        version, EmbeddedPostgresServer.start(Map.of("logical_decoding_work_mem", "64kB"), binaries));
            }
        }
    }

    @AfterAll
    static void stopServers() {
        SERVERS.values().forEach(EmbeddedPostgresServer::close);
    }

    static LongStream seeds() {
        String chosen = System.getProperty("tidemark.seed", "");
        return chosen.isEmpty()
                ? LongStream.rangeClosed(1, Boolean.getBoolean("tidemark.slow") ? 200 : 5)
                : Arrays.stream(chosen.split(",")).mapToLong(Long::parseLong);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theMirrorIsEqualAfterARandomHistory(long seed) throws Exception {
        int version = seed % 2 == 0 ? 18 : 14;
        assumeTrue(SERVERS.containsKey(version), "no binaries of Postgres " + version + " for this platform");
        Random random = new Random(seed);
        // The pipeline ends before its database does.
        try (PostgresDatabase database = new PostgresDatabase(SERVERS.get(version));
                Connection connection = database.connect();
                ScenarioPipeline pipeline = new ScenarioPipeline(database, seed % 3 == 0 ? MAPPED : "", folder)) {
            RandomTables tables = new RandomTables(connection, seed);
            try {
                tables.create(TABLES);
                pipeline.start();
                for (int step = 0; step < STEPS; step++) {
                    tables.step();
                    if (random.nextInt(10) == 0) {
                        pipeline.stop();
                        for (int i = random.nextInt(4); i > 0; i--) {
                            tables.step();
                        }
                        pipeline.start();
                    }
                    if (random.nextInt(12) == 0) {
                        awaitLive(pipeline);
                    }
                }
                tables.touch();
                awaitLive(pipeline);
                compare(database, pipeline, seed % 3 == 0);
            } catch (Exception | AssertionError e) {
                Path statements = ConformanceIT.target().resolve("seed-" + seed + ".sql");
                List<String> report = new ArrayList<>(tables.log());
                report.add(0, "/* " + e.getMessage() + " */");
                Files.write(statements, report);
                throw new AssertionError("seed " + seed + " (statements in " + statements + "): " + e.getMessage(), e);
            }
        }
    }

    private static void compare(PostgresDatabase database, ScenarioPipeline pipeline, boolean isMapped)
            throws Exception {
        for (TableProof proof : pipeline.verify()) {
            assertThat(proof.outcome())
                    .as("%s %s %s", proof.table(), proof.reason(), proof.differences())
                    .isEqualTo(TableProof.Outcome.EQUAL);
        }
        for (TableId table : database.tables()) {
            assertThat(
                            isMapped
                                    ? mapped(database, pipeline, table)
                                    : RowDifferences.of(database, database.rows(table), pipeline.mirror(table)))
                    .as("rows of %s", table)
                    .isEmpty();
        }
    }

    /** A column that was left out comes in when it has another name at a load, so which there are is asked of the pipeline. */
    private static List<String> mapped(PostgresDatabase database, ScenarioPipeline pipeline, TableId table)
            throws Exception {
        String columns = pipeline.opened().registry().load(table).schema().columns().stream()
                .map(Column::name)
                .map(name -> name + " as " + name + "_x")
                .collect(Collectors.joining(", "));
        return RowDifferences.of(
                database,
                database.rows("select " + columns + ", 'it''s' as origin, k2 as again from " + table.quoted()
                        + " where " + WHERE),
                pipeline.mirror(new TableId(table.schema(), "m_" + table.name())));
    }

    private static void awaitLive(ScenarioPipeline pipeline) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(pipeline.opened().registry().list())
                        .hasSize(TABLES)
                        .allSatisfy(record -> assertThat(record.state())
                                .as("%s: %s", record.id(), record.failure())
                                .isEqualTo(TableState.LIVE)));
    }
}
