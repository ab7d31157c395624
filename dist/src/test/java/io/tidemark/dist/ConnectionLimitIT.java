package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.report.RoleReport;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process takes no more connections of the source than the guide says, whatever goes on at the same time. */
class ConnectionLimitIT {
    private static final int READERS = 3;
    private static final int TABLES = 8;

    /** What the guide says: a running pipeline and a proof take these. */
    private static final int MOST = (READERS + 7) + (READERS + 4);

    private static final int AT_REST = 2;

    @TempDir
    Path folder;

    @Test
    void loadsChangesAndProofsTogetherStayWithinTheLimitOfTheRole() throws Exception {
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start()) {
            server.execute(
                    "postgres",
                    "create role reader login replication connection limit " + MOST,
                    "create database bank owner reader");
            for (int i = 0; i < TABLES; i++) {
                server.execute(
                        "bank",
                        "set role reader",
                        "create table t" + i + " (id int primary key, v text)",
                        "insert into t" + i + " select i, repeat('v', 200) from generate_series(1, 20000) i");
            }
            try (MirroredPipeline mirrored =
                            new MirroredPipeline(folder, """
                            pipeline: bank
                            source:
                              type: postgres
                              url: postgresql://localhost:%d/bank
                              user: reader
                            lake: {location: ./lake}
                            slices: {interval: 1s}
                            limits: {snapshot-readers: %d, chunk-size: 1MiB, workers: 4}
                            """.formatted(server.port(), READERS), Map.of());
                    Watch watch = new Watch(server, "bank", mirrored)) {
                mirrored.start();
                IntStream.range(0, TABLES)
                        .forEach(i -> mirrored.awaitState(new TableId("public", "t" + i), TableState.LIVE));
                server.execute(
                        "bank", "update t0 set v = 'w'", "set role reader; create table later (id int primary key)");
                mirrored.prove();
                mirrored.awaitState(new TableId("public", "later"), TableState.LIVE);
                assertThat(watch.errors()).isEmpty();
                assertThat(watch.most()).isBetween(READERS + 2, MOST);
                await().atMost(MirroredPipeline.PATIENCE).until(() -> watch.now() <= AT_REST);
            }
        }
    }

    /** Counts connections, and gathers errors that roles tell, all the time. */
    private static final class Watch implements AutoCloseable {
        private final Collection<RoleReport> errors = new ConcurrentLinkedQueue<>();
        private final CompletableFuture<Void> watching;
        private volatile int now;
        private volatile int most;
        private volatile boolean stopped;

        Watch(EmbeddedPostgresServer server, String database, MirroredPipeline mirrored) {
            mirrored.pipeline();
            watching = CompletableFuture.runAsync(() -> {
                try (Connection connection = server.connect(database);
                        PreparedStatement count = connection.prepareStatement(
                                "select count(*) from pg_stat_activity where usename = 'reader'")) {
                    while (!stopped) {
                        try (ResultSet result = count.executeQuery()) {
                            result.next();
                            now = result.getInt(1);
                            most = Math.max(most, now);
                        }
                        errors.addAll(mirrored.told());
                    }
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
        }

        int most() {
            return most;
        }

        int now() {
            return now;
        }

        Collection<RoleReport> errors() {
            return errors;
        }

        @Override
        public void close() {
            stopped = true;
            watching.join();
        }
    }
}
