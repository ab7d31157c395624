package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backlog that is read by SQL, by processes that are killed meanwhile, beside writers; and the stream that follows it. */
class BacklogIT {
    private static final List<String> HEAP = List.of("-Xmx512m");
    private static final int KILLS = 2;

    @TempDir
    Path folder;

    @Test
    void isReadWholeThoughReadersAreKilled() throws Exception {
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start()) {
            String database = server.createDatabase();
            try (MirroredDatabase mirror = new MirroredDatabase(server, database, folder, """
                    slices: {interval: 1s}
                    """)) {
                mirror.execute(
                        "create table t (id int primary key, v text)",
                        "create table u (id int primary key, v text)",
                        "insert into t select g, 'loaded' from generate_series(1, 20000) g");
                Process first = start(mirror, "first");
                mirror.awaitLive("t");
                mirror.awaitLive("u");
                end(first);
                write(mirror);

                for (int i = 0; i < KILLS; i++) {
                    Process killed = start(mirror, "killed" + i);
                    Path log = folder.resolve("killed" + i + ".log");
                    String before = confirmed(server, database);
                    await().atMost(MirroredDatabase.PATIENCE)
                            .until(() -> Files.readString(log).contains("The backlog is read by SQL"));
                    await().atMost(MirroredDatabase.PATIENCE)
                            .until(() -> !confirmed(server, database).equals(before));
                    killed.destroyForcibly();
                    assertThat(killed.waitFor(60, TimeUnit.SECONDS)).isTrue();
                    write(mirror);
                }

                Process last = start(mirror, "last");
                try {
                    await().atMost(MirroredDatabase.PATIENCE).until(() -> {
                        mirror.execute("update t set v = v || 'x' where id % 100 = 7");
                        return Files.readString(folder.resolve("last.log"))
                                .contains("The backlog has been read, the rest is a stream");
                    });
                    mirror.execute("update t set v = 'after' where id % 5 = 0");
                    mirror.prove();
                } finally {
                    end(last);
                }
                assertThat(Files.readString(folder.resolve("last.log"))).doesNotContain("ERROR", "\tat ");
            }
        }
    }

    /** More log than is left to the sender, in many transactions. */
    private static void write(MirroredDatabase mirror) {
        for (int i = 0; i < 25; i++) {
            mirror.execute(
                    "insert into u select coalesce((select max(id) from u), 0) + g, repeat('x', 500) from generate_series(1, 5000) g",
                    "update t set v = md5(v) where id % 25 = " + i,
                    "delete from u where id % 25 = " + i);
        }
    }

    private Process start(MirroredDatabase mirror, String name) throws Exception {
        return CommandProcess.start(
                folder.resolve(name + ".log"),
                Map.of(),
                List.of(),
                HEAP,
                "run",
                "--config",
                mirror.file().toString());
    }

    private static void end(Process process) throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    private static String confirmed(EmbeddedPostgresServer server, String database) throws Exception {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select confirmed_flush_lsn::text from pg_replication_slots where not temporary and database = '"
                                + database + "'")) {
            row.next();
            return row.getString(1);
        }
    }
}
