package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.compare.KeyDifference;
import io.tidemark.engine.verify.VerifyReport;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.LogSource;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the whole process at random moments of load and live writes; the proof must hold afterwards. Ten kills with {@code -Pslow}. */
class CrashIT {
    private static final int KILLS = Boolean.getBoolean("tidemark.slow") ? 10 : 4;

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

    @Test
    void everyCrashEndsInTheSameProof() throws Exception {
        String name = server.createDatabase();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (MirroredDatabase mirrored = new MirroredDatabase(server, name, folder, "limits: {chunk-size: 8MiB}\n");
                TpcB bench = new TpcB(server, name, 2)) {
            bench.load();
            bench.start(2);
            for (int kill = 1; kill <= KILLS; kill++) {
                Process process = run(mirrored.file(), kill);
                try {
                    boolean ended = process.waitFor(3_000 + random.nextInt(9_000), TimeUnit.MILLISECONDS);
                    assertThat(ended).as("ended by itself, see %s", log(kill)).isFalse();
                } finally {
                    process.destroyForcibly().waitFor();
                }
            }
            Process process = run(mirrored.file(), KILLS + 1);
            try {
                await().atMost(Duration.ofMinutes(2))
                        .until(() -> mirrored.status().tables().size() == 4
                                && mirrored.status().tables().stream()
                                        .allMatch(table -> table.state().name().equals("LIVE")));
                assertThat(mirrored.prove()).as("under writes, seed %d", seed).hasSize(4);
                bench.close();
                assertThat(bench.transactions()).isPositive();
                assertThat(mirrored.prove()).as("after writes, seed %d", seed).hasSize(4);
            } finally {
                process.destroy();
                assertThat(process.waitFor(30, TimeUnit.SECONDS))
                        .as("stops cleanly")
                        .isTrue();
            }
            TableId accounts = new TableId("public", "pgbench_accounts");
            LakeTampering.changeRows(mirrored, accounts, "aid", List.of(3, 70_000), "abalance", 123_456_789);
            VerifyReport report = mirrored.verify();
            assertThat(report.proofs().stream().flatMap(proof -> proof.differences().stream()))
                    .containsExactlyInAnyOrder(
                            new KeyDifference(KeyDifference.Kind.DIFFERENT, List.of("3"), List.of("abalance"), 1),
                            new KeyDifference(KeyDifference.Kind.DIFFERENT, List.of("70000"), List.of("abalance"), 1));
        }
    }

    @Test
    void aKillBetweenTheFirstChangeAndItsSliceLosesNothing() throws Exception {
        String name = server.createDatabase();
        try (MirroredDatabase mirrored = new MirroredDatabase(server, name, folder, "slices: {interval: 10m}\n")) {
            mirrored.execute("create table t (id int primary key)", "insert into t values (1)");
            Process first = run(mirrored.file(), 1);
            try {
                mirrored.awaitLive("t");
                await().atMost(MirroredDatabase.PATIENCE)
                        .until(() -> mirrored.pipeline().sliceLog().newest().isPresent());
                Position before = acknowledged(mirrored);
                mirrored.execute("create table unrelated as select generate_series(1, 1000)", "drop table unrelated");
                await().atMost(MirroredDatabase.PATIENCE)
                        .until(() -> acknowledged(mirrored).isAfter(before));
                mirrored.execute("insert into t values (2)");
                await().atMost(MirroredDatabase.PATIENCE)
                        .until(() -> mirrored.status()
                                .capture()
                                .filter(capture -> capture.openRows() > 0)
                                .isPresent());
            } finally {
                first.destroyForcibly().waitFor();
            }
            mirrored.prove();
        }
    }

    private Path log(int run) {
        return folder.resolve("run-" + run + ".log");
    }

    private Process run(Path config, int run) throws IOException {
        return CommandProcess.start(log(run), Map.of(), "run", "--config", config.toString());
    }

    private static Position acknowledged(MirroredDatabase mirrored) {
        return ((LogSource) mirrored.pipeline().source()).status().acknowledged();
    }
}
