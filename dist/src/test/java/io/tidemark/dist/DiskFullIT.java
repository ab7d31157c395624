package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.report.RoleReport;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Disks that are really full, under slices and mirrors, under key indexes and catalog, and under transactions that are spilled: told with the place, gone
 * through without a restart, and proven.
 */
class DiskFullIT {
    private static final List<String> HEAP = List.of("-Xmx512m");

    /** Small enough for one transaction to be streamed while it is in progress. */
    private static final Map<String, String> STREAMING = Map.of("logical_decoding_work_mem", "64kB");

    @TempDir
    Path folder;

    @Test
    void fullDisksAreToldAndGoneThrough() throws Exception {
        Path lake = Files.createDirectories(folder.resolve("lake"));
        Path state = Files.createDirectories(folder.resolve("state"));
        SmallDisks disks = new SmallDisks(List.of(lake, state));
        disks.assumePossible();
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(STREAMING)) {
            String database = server.createDatabase();
            try (MirroredDatabase mirror =
                    new MirroredDatabase(server, database, folder, """
                    state: ./state
                    metadata: {type: jdbc, url: "jdbc:sqlite:%s"}
                    slices: {interval: 1s}
                    """.formatted(folder.resolve("metadata.db")))) {
                mirror.execute(
                        "create table t (id int primary key, v text)",
                        "insert into t select g, 'loaded' from generate_series(1, 20000) g");
                Path log = folder.resolve("run.log");
                Process run = CommandProcess.start(
                        log,
                        Map.of(),
                        disks.launcher(),
                        HEAP,
                        "run",
                        "--config",
                        mirror.file().toString());
                try {
                    mirror.awaitLive("t");
                    write(mirror, 0);
                    mirror.awaitNothingTold();

                    Path ballast = SmallDisks.fill(run, lake);
                    write(mirror, 1);
                    RoleReport slices = mirror.awaitTold(ErrorCode.DISK_FULL);
                    assertThat(slices.role()).isEqualTo("capture");
                    assertThat(slices.reason()).contains(lake.resolve("slices").toString());
                    assertThat(slices.remedy()).isEqualTo(ErrorCode.DISK_FULL.remedy());
                    Files.delete(ballast);
                    mirror.awaitNothingTold();

                    ballast = SmallDisks.fill(run, state);
                    write(mirror, 2);
                    // Capture may have met it, too: it spills what is in progress.
                    await().atMost(MirroredDatabase.PATIENCE)
                            .untilAsserted(() -> assertThat(mirror.told())
                                    .anySatisfy(error -> assertThat(error)
                                            .returns("apply of public.t", RoleReport::role)
                                            .returns(ErrorCode.DISK_FULL.name(), RoleReport::code)));
                    Files.delete(ballast);
                    mirror.awaitNothingTold();

                    ballast = SmallDisks.fill(run, state);
                    try (Connection connection = server.connect(database);
                            Statement statement = connection.createStatement()) {
                        connection.setAutoCommit(false);
                        statement.execute(
                                "insert into t select g, repeat('x', 500) from generate_series(30000, 40000) g");
                        await().atMost(MirroredDatabase.PATIENCE)
                                .untilAsserted(() -> assertThat(mirror.told())
                                        .anySatisfy(error -> assertThat(error)
                                                .returns("capture", RoleReport::role)
                                                .returns(ErrorCode.DISK_FULL.name(), RoleReport::code)
                                                .satisfies(found -> assertThat(found.reason())
                                                        .contains("transaction in progress", state.toString()))));
                        connection.commit();
                    }
                    Files.delete(ballast);
                    mirror.awaitNothingTold();

                    assertThat(run.isAlive()).isTrue();
                    assertThat(Files.readString(log)).doesNotContain("code=INTERNAL", "\tat ");
                    Path proof = folder.resolve("verify.log");
                    assertThat(SmallDisks.run(
                                    run,
                                    proof,
                                    "verify",
                                    "--config",
                                    mirror.file().toString()))
                            .as(Files.readString(proof))
                            .isZero();
                    assertThat(Files.readString(proof)).contains("public.t");
                } finally {
                    run.destroy();
                    assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
                }
            }
        }
    }

    private static void write(MirroredDatabase mirror, int round) {
        mirror.execute(
                "update t set v = 'changed " + round + "' || repeat('x', id % 100) where id % 3 = " + round,
                "insert into t select g + 50000 + " + round + " * 10000, md5(g::text) from generate_series(1, 5000) g");
    }
}
