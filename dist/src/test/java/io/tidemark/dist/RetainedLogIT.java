package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.capture.CaptureRole;
import io.tidemark.engine.capture.RetainedLog;
import io.tidemark.engine.check.Checks;
import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.engine.report.RoleReport;
import io.tidemark.engine.run.Role;
import io.tidemark.engine.status.StatusReader;
import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.LogSource;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The source keeps more log for a pipeline than the configuration allows. */
class RetainedLogIT {
    private static final TableId T = new TableId("public", "t");
    private static final TableId PAUSED = new TableId("public", "paused");

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
    void theSlotGoesWhileTheLakeIsUnreachableAndThePipelineBeginsAnewByItself() throws Exception {
        try (MirroredDatabase mirrored = new MirroredDatabase(
                server,
                server.createDatabase(),
                folder,
                "limits: {retained-wal: 64MiB, on-retained-wal: drop-slot}\nslices: {interval: 1s}\n")) {
            mirrored.execute(
                    "create table t (id int primary key, v text)",
                    "create table paused (id int primary key)",
                    "insert into t values (1, 'a'), (2, 'b')",
                    "insert into paused values (1)");
            mirrored.start();
            mirrored.awaitLive("t", "paused");
            new TableCommands(mirrored.pipeline()).pause(PAUSED);
            Path away = takeAway(mirrored.lake());
            mirrored.execute(
                    "insert into t values (3, 'c')", "delete from t where id = 1", "insert into paused values (2)");
            writeLog(mirrored, 80);
            await().atMost(MirroredDatabase.PATIENCE).until(() -> !slotExists(mirrored));
            mirrored.awaitState(T, TableState.FAILED);
            TableRecord.Failure failure = mirrored.pipeline().registry().load(T).failure();
            assertThat(failure.code()).isEqualTo(ErrorCode.SOURCE_WAL_LIMIT.name());
            assertThat(failure.reason()).contains("limits.retained-wal");
            assertThat(failure.remedy()).contains("by themselves");
            Instant looked = mirrored.pipeline().clock().instant();
            awaitCaptureError(mirrored, looked);
            assertThat(slotExists(mirrored)).as("while the lake is unreachable").isFalse();

            giveBack(mirrored.lake(), away);
            mirrored.awaitLive("t");
            assertThat(slotExists(mirrored)).isTrue();
            mirrored.execute("insert into t values (4, 'd')");
            new TableCommands(mirrored.pipeline()).resume(PAUSED);
            mirrored.awaitLive("paused");
            mirrored.prove();
            assertThat(mirrored.query("select id from t order by id"))
                    .containsExactly(List.of(2), List.of(3), List.of(4));
            assertThat(mirrored.query("select count(*) from paused")).containsExactly(List.of(2L));
            assertThat(mirrored.status().roleErrors())
                    .extracting(RoleReport::role)
                    .doesNotContain("retention");
        }
    }

    @Test
    void loadsWaitWhileTheSourceKeepsTooMuchAndGoOnByThemselves() throws Exception {
        try (MirroredDatabase mirrored = new MirroredDatabase(
                server,
                server.createDatabase(),
                folder,
                "limits: {retained-wal: 64MiB, on-retained-wal: pause-snapshot}\nslices: {interval: 1s}\n")) {
            mirrored.execute("create table t (id int primary key)", "insert into t select generate_series(1, 1000)");
            mirrored.start(EnumSet.of(Role.CAPTURE));
            await().atMost(MirroredDatabase.PATIENCE)
                    .until(() -> mirrored.pipeline()
                            .registry()
                            .find(T)
                            .filter(TableRecord::published)
                            .isPresent());
            mirrored.stop();
            writeLog(mirrored, 80);
            Lease lease =
                    mirrored.pipeline().leases().tryAcquire(CaptureRole.LEASE).orElseThrow();
            try {
                // Capture waits for the lease and the source is watched nevertheless.
                mirrored.start(EnumSet.of(Role.CAPTURE));
                await().atMost(MirroredDatabase.PATIENCE).until(() -> RetainedLog.pausesLoads(mirrored.pipeline()));
                assertThat(new StatusReader(mirrored.pipeline()).read().roleErrors())
                        .filteredOn(report -> report.code().equals(ErrorCode.SOURCE_WAL_LIMIT.name()))
                        .singleElement()
                        .satisfies(report -> assertThat(report.reason()).contains("loads wait"));
                assertThat(Checks.run(mirrored.config(), new Plugins()))
                        .anySatisfy(finding -> assertThat(finding.subject() + " " + finding.status())
                                .isEqualTo("retained log WARNING"));
                try (SecondProcess loader = new SecondProcess(mirrored)) {
                    loader.start();
                    Instant seen = RetainedLog.last(mirrored.pipeline()).at();
                    await().atMost(MirroredDatabase.PATIENCE)
                            .until(() ->
                                    RetainedLog.last(mirrored.pipeline()).at().isAfter(seen.plusSeconds(8)));
                    assertThat(mirrored.pipeline().registry().load(T).state()).isEqualTo(TableState.PENDING);
                    lease.close();
                    await().atMost(MirroredDatabase.PATIENCE).until(() -> {
                        mirrored.execute("checkpoint", "insert into t select max(id) + 1 from t");
                        return mirrored.pipeline().registry().load(T).state() == TableState.LIVE;
                    });
                    mirrored.prove();
                }
            } finally {
                lease.close();
            }
        }
    }

    /** The other roles, with a pipeline of their own. */
    private static final class SecondProcess implements AutoCloseable {
        private final io.tidemark.engine.pipeline.Pipeline pipeline;
        private io.tidemark.engine.run.Runner runner;

        SecondProcess(MirroredDatabase mirrored) {
            pipeline = io.tidemark.engine.pipeline.Pipeline.open(
                    mirrored.config(), new Plugins(), java.time.Clock.systemUTC());
        }

        void start() {
            runner = io.tidemark.engine.run.Runner.start(
                    pipeline, EnumSet.of(Role.SNAPSHOT, Role.ORCHESTRATOR, Role.WORKER));
        }

        @Override
        public void close() {
            runner.close();
            pipeline.close();
        }
    }

    private static void writeLog(MirroredDatabase mirrored, int mib) {
        mirrored.execute(
                "select count(pg_logical_emit_message(false, 'test', repeat('x', 1048576))) from generate_series(1, "
                        + mib + ")");
    }

    private static boolean slotExists(MirroredDatabase mirrored) {
        return ((LogSource) mirrored.pipeline().source()).status().slotExists();
    }

    private static void awaitCaptureError(MirroredDatabase mirrored, Instant after) {
        await().atMost(MirroredDatabase.PATIENCE)
                .until(() -> mirrored.status().roleErrors().stream()
                        .anyMatch(report -> report.role().equals("capture")
                                && report.code().equals(ErrorCode.SOURCE_WAL_LIMIT.name())
                                && report.at().isAfter(after)));
    }

    /** A file where the lake's folder was: nothing can be written below it. */
    private static Path takeAway(Path lake) throws IOException {
        Path away = lake.resolveSibling("lake-away");
        Files.move(lake, away);
        Files.createFile(lake);
        return away;
    }

    private static void giveBack(Path lake, Path away) throws IOException {
        Files.delete(lake);
        Files.move(away, lake);
    }
}
