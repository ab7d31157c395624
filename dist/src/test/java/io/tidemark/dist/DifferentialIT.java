package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.engine.verify.VerifyReport;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random tables, rows, changes of tables and restarts, by seed; afterwards the mirror is proven equal. With {@code -Pslow} 200 seeds, else 5;
 * {@code -Dtidemark.seed=N} runs one. Seeds that once found something are kept in {@link #seeds}.
 */
class DifferentialIT {
    private static EmbeddedPostgresServer server;

    @TempDir
    Path folder;

    @BeforeAll
    static void startServer() {
        server = EmbeddedPostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    static LongStream seeds() {
        Long one = Long.getLong("tidemark.seed");
        return one != null
                ? LongStream.of(one)
                : LongStream.rangeClosed(1, Boolean.getBoolean("tidemark.slow") ? 200 : 5);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theMirrorIsEqualAfterARandomHistory(long seed) throws Exception {
        Random random = new Random(seed);
        String name = server.createDatabase();
        try (MirroredDatabase mirrored = new MirroredDatabase(server, name, folder, "slices: {interval: 1s}\n");
                Connection connection = server.connect(name)) {
            RandomTables tables = new RandomTables(connection, seed);
            tables.create(4);
            mirrored.start();
            try {
                for (int step = 0; step < 40; step++) {
                    tables.step();
                    if (random.nextInt(10) == 0) {
                        mirrored.stop();
                        for (int i = random.nextInt(4); i > 0; i--) {
                            tables.step();
                        }
                        mirrored.start();
                    }
                    if (random.nextInt(12) == 0) {
                        awaitLive(mirrored);
                    }
                }
                tables.touch();
                proveInTheEnd(mirrored, seed);
                mirrored.stop();
                // A server has few slots, and there are many seeds.
                new TableCommands(mirrored.pipeline()).dropPipeline();
            } catch (Throwable e) {
                Files.write(folder.resolve("statements.sql"), tables.log());
                throw e;
            }
        }
    }

    /** A table may begin to load again while its proof waits. */
    private static void proveInTheEnd(MirroredDatabase mirrored, long seed) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    awaitLive(mirrored);
                    Optional<VerifyReport> report = verify(mirrored);
                    report.ifPresent(found -> found.proofs()
                            .forEach(proof -> assertThat(proof.outcome())
                                    .as("seed %d: %s %s", seed, proof.table(), proof.differences())
                                    .isNotEqualTo(TableProof.Outcome.DIFFERENT)));
                    return report.stream()
                                    .flatMap(found -> found.proofs().stream())
                                    .allMatch(proof -> proof.outcome() == TableProof.Outcome.EQUAL)
                            && report.isPresent();
                });
    }

    private static Optional<VerifyReport> verify(MirroredDatabase mirrored) throws InterruptedException {
        try {
            return Optional.of(mirrored.verify());
        } catch (TidemarkException e) {
            if (e.code() == ErrorCode.TIMEOUT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static void awaitLive(MirroredDatabase mirrored) {
        Awaitility.await()
                .atMost(MirroredDatabase.PATIENCE)
                .untilAsserted(() -> assertThat(mirrored.pipeline().registry().list())
                        .hasSize(4)
                        .allSatisfy(record -> assertThat(record.state())
                                .as("%s: %s", record.id(), record.failure())
                                .isEqualTo(TableState.LIVE)));
    }
}
