package io.tidemark.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs on a cluster of a master and two workers, while rows change: whatever of it is killed, mirrors come out equal. */
class SparkClusterIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    @Test
    void killsOfExecutorDriverAndWorkerChangeNothing() throws Exception {
        SparkHome home = SparkHome.make(folder.resolve("spark"));
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start();
                SparkCluster cluster = new SparkCluster(home, folder, 2);
                SparkPipeline pipeline = new SparkPipeline(server, folder, "iceberg", home, cluster.master());
                Writer writer = new Writer(pipeline)) {
            pipeline.start();
            pipeline.awaitLive("t");
            writer.start();
            await().atMost(PATIENCE).until(cluster::killExecutor);
            awaitProgress(pipeline);
            for (int i = 0; i < (Boolean.getBoolean("tidemark.slow") ? 12 : 2); i++) {
                Thread.sleep(writer.random().nextInt(8_000));
                await().atMost(PATIENCE).until(SparkCluster::killDriver);
            }
            awaitProgress(pipeline);
            cluster.killWorker();
            awaitProgress(pipeline);
            writer.close();
            pipeline.prove();
            assertThat(writer.statements()).isPositive();
        }
    }

    /** Waits for a job that commits. */
    private static void awaitProgress(SparkPipeline pipeline) {
        long before = pipeline.slice("t");
        await().atMost(PATIENCE).until(() -> pipeline.slice("t") > before);
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
