package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.engine.verify.VerifyRequest;
import io.tidemark.server.DynamoDbServer;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.source.SnapshotChunk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** Tables that are loaded from exports that somebody made before the pipeline was. */
class DynamoDbExportIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String ORDERS = "orders";
    private static final String PAYMENTS = "payments";

    @TempDir
    private Path folder;

    private DynamoDbTables tables;
    private DynamoDbServer server;
    private DynamoDbClient client;
    private MirroredPipeline mirrored;

    @BeforeEach
    void createTables() {
        tables = new DynamoDbTables();
        server = tables.server();
        client = tables.client();
        tables.create(ORDERS);
        tables.create(PAYMENTS);
    }

    @AfterEach
    void stop() {
        end();
        tables.close();
    }

    @Test
    void aTableIsLoadedFromItsExportWhileADamagedOneFailsNamingTheFile() throws Exception {
        for (int i = 0; i < 300; i++) {
            put(ORDERS, i, Map.of("total", AttributeValue.fromN(i + ".25"), "state", AttributeValue.fromS("new")));
            put(PAYMENTS, i, Map.of("n", AttributeValue.fromN(Integer.toString(i))));
        }
        // No other item has this attribute, and the item is gone when the pipeline begins.
        put(ORDERS, 777, Map.of("gone", AttributeValue.fromBool(true)));
        server.rollShards();
        put(ORDERS, 299, Map.of("state", AttributeValue.fromS("old")));
        DynamoDbExportFolder orders = new DynamoDbExportFolder(folder, client, ORDERS);
        orders.write(3);
        DynamoDbExportFolder payments = new DynamoDbExportFolder(folder, client, PAYMENTS);
        payments.write(3);
        byte[] damaged = Files.readAllBytes(payments.file(1));
        damaged[damaged.length / 2] ^= 1;
        Files.write(payments.file(1), damaged);
        for (int i = 0; i < 100; i++) {
            put(ORDERS, i, Map.of("total", AttributeValue.fromN("-1"), "state", AttributeValue.fromS("paid")));
        }
        server.rollShards();
        for (int i = 100; i < 150; i++) {
            delete(ORDERS, i);
        }
        delete(ORDERS, 777);
        put(ORDERS, 1_000, Map.of("state", AttributeValue.fromS("paid")));
        start("exports: orders=" + orders.folder() + ", payments=" + payments.folder());

        assertThat(mirrored.pipeline().source().check(List.of(table(ORDERS), table(PAYMENTS)), Map.of()))
                .allSatisfy(finding -> assertThat(finding.status()).isEqualTo(Finding.Status.OK))
                .extracting(Finding::subject)
                .contains("export of dynamodb.orders", "export of dynamodb.payments");
        mirrored.awaitState(table(ORDERS), TableState.LIVE);
        mirrored.awaitState(table(PAYMENTS), TableState.FAILED);
        assertThat(chunks(ORDERS))
                .hasSizeGreaterThan(1)
                .allSatisfy(chunk -> assertThat(chunk.range()).startsWith("export:"));
        prove();
        assertThat(mirrored.query("select count(*), count(gone) from orders")).isEqualTo(List.of(List.of(251L, 0L)));
        TableRecord.Failure failure = Objects.requireNonNull(record(PAYMENTS).failure());
        assertThat(failure.code()).isEqualTo(ErrorCode.SOURCE_EXPORT_CORRUPT.name());
        assertThat(failure.reason()).contains(payments.file(1).toString());

        put(ORDERS, 5, Map.of("state", AttributeValue.fromS("shipped")));
        end();
        put(ORDERS, 6, Map.of("state", AttributeValue.fromS("shipped")));
        start("exports: orders=" + orders.folder() + ", payments=" + payments.folder());
        await().atMost(PATIENCE)
                .until(() -> mirrored.query("select count(*) from orders where state = 'shipped'")
                        .equals(List.of(List.of(2L))));
        prove();
    }

    /** The stream was turned on after the full export, so that only the incremental ones have what happened before. */
    @Test
    void aTableIsLoadedFromAFullExportAndIncrementalOnes() throws Exception {
        client.updateTable(
                request -> request.tableName(ORDERS).streamSpecification(stream -> stream.streamEnabled(false)));
        for (int i = 0; i < 200; i++) {
            put(ORDERS, i, Map.of("n", AttributeValue.fromN("0")));
        }
        DynamoDbExportFolder full = new DynamoDbExportFolder(folder, client, ORDERS);
        Instant time = full.write(3);
        DynamoDbExportFolder first = new DynamoDbExportFolder(folder, client, ORDERS, "first");
        List<Map<String, AttributeValue>> before = first.items();
        for (int i = 0; i < 50; i++) {
            put(ORDERS, i, Map.of("n", AttributeValue.fromN("1")));
            delete(ORDERS, 100 + i);
        }
        put(ORDERS, 500, Map.of("n", AttributeValue.fromN("1")));
        time = first.writeChanges(time, before);
        DynamoDbExportFolder second = new DynamoDbExportFolder(folder, client, ORDERS, "second");
        before = second.items();
        client.updateTable(request -> request.tableName(ORDERS)
                .streamSpecification(
                        stream -> stream.streamEnabled(true).streamViewType(StreamViewType.NEW_AND_OLD_IMAGES)));
        for (int i = 0; i < 20; i++) {
            put(ORDERS, i, Map.of("n", AttributeValue.fromN("2"), "added", AttributeValue.fromBool(true)));
            put(ORDERS, 100 + i, Map.of("n", AttributeValue.fromN("2")));
        }
        delete(ORDERS, 500);
        second.writeChanges(time, before);
        for (int i = 0; i < 10; i++) {
            put(ORDERS, i, Map.of("n", AttributeValue.fromN("3")));
            delete(ORDERS, 30 + i);
        }
        start("exports: orders=" + full.folder() + " + " + first.folder() + " + " + second.folder()
                + ", payments=scan");
        mirrored.awaitState(table(ORDERS), TableState.LIVE);
        assertThat(chunks(ORDERS)).extracting(SnapshotChunk::range).anyMatch(range -> range.startsWith("export:2/"));
        prove();
        assertThat(mirrored.query("select count(*), cast(sum(n) as bigint), count(added) from orders"))
                .isEqualTo(List.of(List.of(160L, 110L, 10L)));
    }

    @Test
    void anExportFromBeforeTheStreamIsRefusedAndTheOtherTableIsScanned() throws Exception {
        put(ORDERS, 1, Map.of("n", AttributeValue.fromN("1")));
        DynamoDbExportFolder orders = new DynamoDbExportFolder(folder, client, ORDERS);
        orders.write(1);
        client.updateTable(
                request -> request.tableName(ORDERS).streamSpecification(stream -> stream.streamEnabled(false)));
        client.updateTable(request -> request.tableName(ORDERS)
                .streamSpecification(
                        stream -> stream.streamEnabled(true).streamViewType(StreamViewType.NEW_AND_OLD_IMAGES)));
        put(PAYMENTS, 1, Map.of("n", AttributeValue.fromN("1")));
        start("exports: orders=" + orders.folder() + ", payments=scan");
        mirrored.awaitState(table(PAYMENTS), TableState.LIVE);
        mirrored.awaitState(table(ORDERS), TableState.FAILED);
        TableRecord.Failure failure = Objects.requireNonNull(record(ORDERS).failure());
        assertThat(failure.code()).isEqualTo(ErrorCode.CONFIG_INVALID.name());
        assertThat(failure.reason()).contains(orders.folder().toString()).contains("stream-begin=");
        assertThat(failure.remedy()).contains("orders=scan");
        assertThat(chunks(PAYMENTS))
                .allSatisfy(chunk -> assertThat(chunk.range()).isEqualTo("0/1"));
    }

    private void prove() throws InterruptedException {
        VerifyRequest everything = VerifyRequest.everything();
        List<TableProof> proofs = mirrored.verify(new VerifyRequest(
                        List.of(table(ORDERS)),
                        Optional.empty(),
                        Optional.empty(),
                        everything.repair(),
                        everything.differencesMax(),
                        everything.timeout()))
                .proofs();
        assertThat(proofs).singleElement().satisfies(proof -> {
            assertThat(proof.differences()).isEmpty();
            assertThat(proof.outcome()).as("%s", proof.reason()).isEqualTo(TableProof.Outcome.EQUAL);
        });
    }

    private List<SnapshotChunk> chunks(String table) {
        return Objects.requireNonNull(record(table).load()).chunks();
    }

    private TableRecord record(String table) {
        return mirrored.pipeline().registry().load(table(table));
    }

    private void start(String exports) throws IOException {
        mirrored = new MirroredPipeline(folder, tables.configuration(exports), tables.environment());
        mirrored.start();
    }

    private void end() {
        if (mirrored != null) {
            mirrored.close();
            mirrored = null;
        }
    }

    private static TableId table(String name) {
        return new TableId("dynamodb", name);
    }

    private static String id(int number) {
        return "order-" + number;
    }

    private void put(String table, int number, Map<String, AttributeValue> attributes) {
        Map<String, AttributeValue> item = new HashMap<>(attributes);
        item.put("id", AttributeValue.fromS(id(number)));
        client.putItem(request -> request.tableName(table).item(item));
    }

    private void delete(String table, int number) {
        client.deleteItem(request -> request.tableName(table).key(Map.of("id", AttributeValue.fromS(id(number)))));
    }
}
