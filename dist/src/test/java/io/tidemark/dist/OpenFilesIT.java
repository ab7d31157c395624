package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidemark.engine.report.RoleReport;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that may open no more files says so, and goes on when it may again. */
class OpenFilesIT {
    /** Otherwise Java raises the limit by itself. */
    private static final List<String> OPTIONS = List.of("-Xmx512m", "-XX:-MaxFDLimit");

    @TempDir
    Path folder;

    @Test
    void usedUpFilesAreToldAndGoneThrough() throws Exception {
        assumeTrue(isThere("prlimit"), "this system has no prlimit");
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start()) {
            String database = server.createDatabase();
            try (MirroredDatabase mirror = new MirroredDatabase(server, database, folder, "slices: {interval: 1s}\n");
                    TpcB load = new TpcB(server, database, 1)) {
                load.load();
                Path log = folder.resolve("run.log");
                Process run = CommandProcess.start(
                        log,
                        Map.of(),
                        List.of(),
                        OPTIONS,
                        "run",
                        "--config",
                        mirror.file().toString());
                try {
                    mirror.awaitLive("pgbench_accounts", "pgbench_branches", "pgbench_history", "pgbench_tellers");
                    load.start(1);
                    mirror.awaitNothingTold();
                    for (int round = 0; round < 3; round++) {
                        limit(run, Long.toString(openFiles(run) / 2));
                        RoleReport told = mirror.awaitTold(ErrorCode.OPEN_FILES_EXHAUSTED);
                        assertThat(told.remedy()).isEqualTo(ErrorCode.OPEN_FILES_EXHAUSTED.remedy());
                        limit(run, "4096");
                        mirror.awaitNothingTold();
                    }
                    assertThat(run.isAlive()).isTrue();
                    load.close();
                    mirror.prove();
                } finally {
                    run.destroy();
                    assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
                }
                assertThat(Files.readString(log)).doesNotContain("code=INTERNAL");
            }
        }
    }

    private static boolean isThere(String program) throws InterruptedException {
        try {
            return new ProcessBuilder(program, "--version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Sets how many files the process may have open; those that it has stay. */
    private static void limit(Process process, String files) throws Exception {
        Process prlimit = new ProcessBuilder(
                        "prlimit", "--pid", Long.toString(process.pid()), "--nofile=" + files + ":")
                .inheritIO()
                .start();
        assertThat(prlimit.waitFor()).isZero();
    }

    private static long openFiles(Process process) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            return files.count();
        }
    }
}
