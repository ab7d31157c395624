package io.tidemark.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One database under writes, mirrored by jobs on a cluster of a master and two workers: whatever of it is killed, mirrors come out equal. In Iceberg;
 * with the profile slow in all formats at once, by three pipelines.
 */
class SparkClusterIT {
    private static final boolean IS_SLOW = Boolean.getBoolean("tidemark.slow");
    private static final List<String> FORMATS = IS_SLOW ? List.of("iceberg", "delta", "hudi") : List.of("iceberg");
    private static final Duration PATIENCE = Duration.ofMinutes(FORMATS.size() * 3L);

    @TempDir
    Path folder;

    @Test
    void killsOfExecutorDriverAndWorkerChangeNothing() throws Exception {
        SparkHome home = SparkHome.make(folder.resolve("spark"));
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start();
                SparkCluster cluster = new SparkCluster(home, folder, 2)) {
            String database = server.createDatabase();
            List<SparkPipeline> pipelines = new ArrayList<>();
            try {
                for (String format : FORMATS) {
                    Path own = Files.createDirectories(folder.resolve(format));
                    pipelines.add(
                            new SparkPipeline(server, database, "_" + format, own, format, home, cluster.master()));
                }
                kill(cluster, pipelines);
            } finally {
                pipelines.forEach(SparkPipeline::close);
            }
        }
    }

    private static void kill(SparkCluster cluster, List<SparkPipeline> pipelines) throws Exception {
        try (Writer writer = new Writer(pipelines.get(0))) {
            for (SparkPipeline pipeline : pipelines) {
                pipeline.start();
                pipeline.awaitLive("t");
            }
            writer.start();
            await().atMost(PATIENCE).until(cluster::killExecutor);
            awaitProgress(pipelines);
            for (int i = 0; i < (IS_SLOW ? 12 : 2); i++) {
                Thread.sleep(writer.random().nextInt(8_000));
                await().atMost(PATIENCE).until(SparkCluster::killDriver);
            }
            awaitProgress(pipelines);
            cluster.killWorker();
            awaitProgress(pipelines);
            assertThat(writer.statements()).isPositive();
        }
        for (SparkPipeline pipeline : pipelines) {
            pipeline.prove();
        }
    }

    /** Waits until jobs have committed to all mirrors. */
    private static void awaitProgress(List<SparkPipeline> pipelines) {
        List<Long> before = pipelines.stream().map(found -> found.slice("t")).toList();
        for (int i = 0; i < pipelines.size(); i++) {
            SparkPipeline pipeline = pipelines.get(i);
            long slice = before.get(i);
            await().atMost(PATIENCE).until(() -> pipeline.slice("t") > slice);
        }
    }

    /** Changes rows until it is closed. */
    private static final class Writer implements AutoCloseable {
        private final SparkPipeline pipeline;
        private final Random random = new Random(5);
        private final AtomicBoolean isEnding = new AtomicBoolean();
        private final AtomicInteger statements = new AtomicInteger();
        private final Thread thread = new Thread(this::run, "writer");

        Writer(SparkPipeline pipeline) {
            this.pipeline = pipeline;
            pipeline.execute(
                    "create table t (id int primary key, version int, big text)",
                    "alter table t alter big set storage external",
                    "insert into t select i, 0, repeat(md5(i::text), 100) from generate_series(1, 2000) i");
        }

        void start() {
            thread.start();
        }

        Random random() {
            return random;
        }

        int statements() {
            return statements.get();
        }

        private void run() {
            Random own = new Random(7);
            while (!isEnding.get()) {
                int id = own.nextInt(3000);
                pipeline.execute(
                        switch (own.nextInt(4)) {
                            case 0 -> "delete from t where id = " + id;
                            case 1 ->
                                "update t set id = -id where id = " + id + " and not exists (select from t where id = -"
                                        + id + ")";
                            case 2 ->
                                "insert into t values (" + id
                                        + ", 1, null) on conflict (id) do update set version = t.version + 1";
                            default -> "update t set version = version + 1 where id % 50 = " + id % 50;
                        });
                statements.incrementAndGet();
            }
        }

        @Override
        public void close() throws InterruptedException {
            isEnding.set(true);
            thread.join();
        }
    }
}
