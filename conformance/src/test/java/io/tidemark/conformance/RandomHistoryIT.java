package io.tidemark.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidemark.engine.table.TableState;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random tables, rows, changes of tables and restarts, by seed; afterwards both comparisons must find the mirrors equal. Odd seeds run on the oldest
 * supported Postgres, even ones on the newest. With {@code -Pslow} 200 seeds, else 5; {@code -Dseed=N} runs one.
 */
class RandomHistoryIT {
    private static final int TABLES = 4;
    private static final int STEPS = 40;
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
        String one = System.getProperty("tidemark.seed", "");
        return one.isEmpty()
                ? LongStream.rangeClosed(1, Boolean.getBoolean("tidemark.slow") ? 200 : 5)
                : LongStream.of(Long.parseLong(one));
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
                ScenarioPipeline pipeline = new ScenarioPipeline(database, "", folder)) {
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
                compare(database, pipeline);
            } catch (Exception | AssertionError e) {
                Path statements = ConformanceIT.target().resolve("seed-" + seed + ".sql");
                Files.write(statements, tables.log());
                throw new AssertionError("seed " + seed + " (statements in " + statements + "): " + e.getMessage(), e);
            }
        }
    }

    private static void compare(PostgresDatabase database, ScenarioPipeline pipeline) throws Exception {
        for (TableProof proof : pipeline.verify()) {
            assertThat(proof.outcome())
                    .as("%s %s %s", proof.table(), proof.reason(), proof.differences())
                    .isEqualTo(TableProof.Outcome.EQUAL);
        }
        for (TableId table : database.tables()) {
            assertThat(RowDifferences.of(database.rows(table), pipeline.mirror(table)))
                    .as("rows of %s", table)
                    .isEmpty();
        }
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
