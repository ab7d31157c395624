package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.capture.CaptureProgress;
import io.tidemark.engine.status.PipelineStatus;
import io.tidemark.engine.table.TableState;
import io.tidemark.server.DynamoDbServer;
import io.tidemark.spi.schema.TableId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Several processes capture; those that read, and the one that seals, are killed while the shards roll over. */
class DynamoDbProcessesIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int TABLES = 5;
    private static final int KEYS = 40;

    @TempDir
    private Path folder;

    private DynamoDbTables tables;
    private DynamoDbServer server;
    private DynamoDbClient client;
    private MirroredPipeline mirrored;
    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void createTables() throws IOException {
        tables = new DynamoDbTables();
        server = tables.server();
        client = tables.client();
        for (int table = 0; table < TABLES; table++) {
            tables.create(name(table));
        }
        mirrored = new MirroredPipeline(
                folder,
                tables.configuration() + """
                        metadata:
                          type: dynamodb
                          endpoint: %s
                          region: %s
                          access-key: %s
                          secret-key: ${env:SECRET}
                        tables:
                          - exclude: dynamodb.tidemark
                          - include: "*.*"
                        """.formatted(server.endpoint(), server.region(), server.accessKey()),
                tables.environment());
    }

    @AfterEach
    void stop() throws InterruptedException {
        mirrored.close();
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        tables.close();
    }

    @Test
    void processesThatCaptureAreKilledAndNothingIsLost() throws Exception {
        Process sealing = capture();
        awaitProcesses(1);
        Process reading = capture();
        mirrored.start();
        awaitProcesses(3);
        for (int table = 0; table < TABLES; table++) {
            mirrored.awaitState(new TableId("dynamodb", name(table)), TableState.LIVE);
        }
        AtomicBoolean stopped = new AtomicBoolean();
        CompletableFuture<Integer> writer = CompletableFuture.supplyAsync(() -> write(stopped));
        try {
            for (Process victim : List.of(reading, sealing)) {
                server.rollShards();
                awaitSlices(3);
                victim.destroyForcibly().waitFor();
                server.rollShards();
                capture();
                awaitProcesses(3);
                awaitSlices(3);
            }
            assertThat(mirrored.prove()).hasSize(TABLES);
        } finally {
            stopped.set(true);
        }
        assertThat(writer.join()).isPositive();
        assertThat(mirrored.prove()).hasSize(TABLES);
        for (int table = 0; table < TABLES; table++) {
            assertThat(mirrored.query("select count(*), sum(n) from \"" + name(table) + "\"")
                            .toString())
                    .isEqualTo(sum(name(table)));
        }
    }

    /** Writes each key of each table again and again, with a number that grows. */
    private int write(AtomicBoolean stopped) {
        int n = 1;
        for (; !stopped.get(); n++) {
            String id = Integer.toString(n % KEYS);
            String number = Integer.toString(n);
            for (int table = 0; table < TABLES; table++) {
                String name = name(table);
                client.putItem(request -> request.tableName(name)
                        .item(Map.of("id", AttributeValue.fromS(id), "n", AttributeValue.fromN(number))));
            }
        }
        return n;
    }

    private Process capture() throws IOException {
        Process process = CommandProcess.start(
                folder.resolve("capture-" + processes.size() + ".log"),
                tables.environment(),
                "capture",
                "--config",
                mirrored.file().toString());
        processes.add(process);
        return process;
    }

    private void awaitProcesses(int count) {
        await().atMost(PATIENCE).until(this::readers, found -> found == count);
    }

    private int readers() {
        return mirrored.status()
                .capture()
                .filter(PipelineStatus.CaptureStatus::running)
                .flatMap(PipelineStatus.CaptureStatus::partitions)
                .map(CaptureProgress.Partitions::processes)
                .orElse(0);
    }

    private void awaitSlices(int more) {
        long before = sealed();
        await().atMost(PATIENCE).until(() -> sealed() >= before + more);
    }

    private long sealed() {
        return mirrored.status()
                .newestSlice()
                .map(PipelineStatus.SliceStatus::sequence)
                .orElse(0L);
    }

    private String sum(String table) {
        long count = 0;
        long sum = 0;
        for (Map<String, AttributeValue> item :
                client.scanPaginator(scan -> scan.tableName(table)).items()) {
            count++;
            sum += Long.parseLong(
                    Optional.ofNullable(item.get("n")).orElseThrow().n());
        }
        return "[[" + count + ", " + sum + "]]";
    }

    private static String name(int table) {
        return "table" + table;
    }
}
