package io.tidemark.dist;

import static org.awaitility.Awaitility.await;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.source.LogSource;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the whole process between two moments that no failpoint of {@link CrashLoopIT} stands for. */
class CrashIT {
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
