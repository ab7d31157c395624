package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.compare.KeyDifference;
import io.tidemark.engine.deadletter.DeadLetter;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.verify.Certificate;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.server.DynamoDbServer;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class DynamoDbIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Ten with {@code -Pslow}; {@code -Dtidemark.rolls=N} asks for another number. */
    private static final int ROLL_RUNS =
            Integer.getInteger("tidemark.rolls", Boolean.getBoolean("tidemark.slow") ? 10 : 2);

    private static final int ROUNDS = 8;
    private static final TableId ORDERS = new TableId("dynamodb", "orders");

    private static DynamoDbTables tables;
    private static DynamoDbServer server;
    private static DynamoDbClient client;

    @TempDir
    private Path folder;

    private MirroredPipeline mirrored;

    @BeforeAll
    static void startServer() {
        tables = new DynamoDbTables();
        server = tables.server();
        client = tables.client();
    }

    @AfterAll
    static void stopServer() {
        tables.close();
    }

    @BeforeEach
    void createTable() {
        tables.create("orders");
    }

    @AfterEach
    void stop() {
        end();
        client.deleteTable(table -> table.tableName("orders"));
    }

    @Test
    void itemsAreLoadedFollowedAndProven() throws Exception {
        for (int i = 0; i < 500; i++) {
            put(i, Map.of("total", AttributeValue.fromN(i + ".25"), "state", AttributeValue.fromS("new")));
        }
        start();
        awaitLive();
        prove();

        for (int i = 0; i < 100; i++) {
            put(i, Map.of("total", AttributeValue.fromN("-1"), "state", AttributeValue.fromS("paid")));
        }
        for (int i = 100; i < 150; i++) {
            String id = id(i);
            client.deleteItem(request -> request.tableName("orders").key(Map.of("id", AttributeValue.fromS(id))));
        }
        // An attribute that was never met makes a column.
        put(1_000, Map.of("tags", AttributeValue.fromSs(List.of("b", "a")), "vip", AttributeValue.fromBool(true)));
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() ->
                        mirrored.query("select count(*) from orders where vip").equals(List.of(List.of(1L))));
        await().atMost(PATIENCE)
                .until(() -> mirrored.query("select count(*) from orders where state = 'paid'")
                        .equals(List.of(List.of(100L))));
        assertThat(mirrored.query("select count(*) from orders")).isEqualTo(List.of(List.of(451L)));
        prove();
    }

    @Test
    void timesOfTextAndNumberAttributesPartitionTheMirror() throws Exception {
        put(
                1,
                Map.of(
                        "created",
                        AttributeValue.fromS("2023-07-01T10:00:00Z"),
                        "n",
                        AttributeValue.fromN("1688205600")));
        start("""
                tables:
                  - include: dynamodb.orders
                    partition: [year, month, day, day(seen)]
                    add:
                      year: {from: created, format: iso, as: yyyy}
                      month: {from: created, format: iso, as: MM}
                      day: {from: created, format: iso, as: dd}
                      seen: {from: n, format: epoch-seconds}
                """);
        awaitLive();
        put(2, Map.of("created", AttributeValue.fromS("2024-02-29")));
        prove();
        put(2, Map.of("created", AttributeValue.fromS("2024-03-01"), "n", AttributeValue.fromN("1709251200")));
        prove();
        assertThat(mirrored.query("select year, month, day, cast(epoch_us(seen) as bigint) from orders order by id"))
                .containsExactly(
                        List.of("2023", "07", "01", 1_688_205_600_000_000L),
                        List.of("2024", "03", "01", 1_709_251_200_000_000L));
    }

    @Test
    void jobsOnSparkAreRefusedInTheConfiguration() {
        assertThatExceptionOfType(TidemarkException.class)
                .isThrownBy(() -> start("""
                        spark: {jar: tidemark-spark.jar}
                        tables:
                          - {include: dynamodb.orders, engine: spark}
                        """))
                .withMessageContaining("jobs on Spark do not have the plug-in of source.type dynamodb");
    }

    @Test
    void aChosenTypeIsKeptForAnAttributeThatIsMetWithAnotherOne() throws Exception {
        put(1, Map.of("n", AttributeValue.fromN("1")));
        start();
        awaitLive();
        end();
        Instant ended = Instant.now();
        // Chosen after the table was registered without the attribute.
        start("""
                tables:
                  - {include: dynamodb.orders, columns: {day: date}, on-bad-value: dead-letter}
                """);
        // The table has been looked at then, without the attribute.
        await().atMost(PATIENCE)
                .until(() -> mirrored.status()
                        .capture()
                        .filter(capture ->
                                capture.running() && capture.reportedAt().isAfter(ended))
                        .isPresent());
        put(2, Map.of("day", AttributeValue.fromN("7")));
        put(3, Map.of("day", AttributeValue.fromS("2023-07-01")));
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(mirrored.pipeline().deadLetters().open())
                                .extracting(DeadLetter::keys)
                                .containsExactly(List.of(List.of(id(2)))));
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> mirrored.query("select cast(day as varchar) from orders where id = '" + id(3) + "'")
                        .equals(List.of(List.of("2023-07-01"))));
    }

    @Test
    void mapsOfVaryingKeysAreMapsWhereTheyAreChosen() throws Exception {
        put(1, Map.of("attrs", counts(Map.of("red", "1", "blue", "2")), "other", counts(Map.of("a", "1"))));
        start("""
                tables:
                  - {include: dynamodb.orders, columns: {attrs: "map<string, int64>"}, on-bad-value: dead-letter}
                """);
        awaitLive();
        put(2, Map.of("attrs", counts(Map.of())));
        put(3, Map.of("attrs", counts(Map.of("green", "-9223372036854775808"))));
        put(4, Map.of("attrs", AttributeValue.fromM(Map.of("green", AttributeValue.fromS("9")))));
        put(1, Map.of("attrs", counts(Map.of("red", "1", "blue", "2", "\uD83D\uDE00 x", "3"))));
        put(5, Map.of("n", AttributeValue.fromN("1")));
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> mirrored.query("select count(*) from orders where n = 1")
                        .equals(List.of(List.of(1L))));
        Map<String, Long> first = new LinkedHashMap<>();
        first.put("blue", 2L);
        first.put("red", 1L);
        first.put("\uD83D\uDE00 x", 3L);
        assertThat(mirrored.query("select attrs from orders order by id"))
                .isEqualTo(List.of(
                        List.of(first),
                        List.of(Map.of()),
                        List.of(Map.of("green", Long.MIN_VALUE)),
                        Arrays.asList((Object) null)));
        assertThat(mirrored.query(
                        "select map_extract_value(attrs, 'red') from orders where n is null and id = '" + id(1) + "'"))
                .isEqualTo(List.of(List.of(1L)));
        assertThat(mirrored.pipeline().deadLetters().open())
                .extracting(DeadLetter::keys)
                .containsExactly(List.of(List.of(id(4))));
        client.deleteItem(request -> request.tableName("orders").key(Map.of("id", AttributeValue.fromS(id(4)))));
        prove();
    }

    private static AttributeValue counts(Map<String, String> counts) {
        Map<String, AttributeValue> members = new HashMap<>();
        counts.forEach((key, count) -> members.put(key, AttributeValue.fromN(count)));
        return AttributeValue.fromM(members);
    }

    static IntStream rollRuns() {
        return IntStream.rangeClosed(1, ROLL_RUNS);
    }

    @ParameterizedTest
    @MethodSource("rollRuns")
    void shardsRollOverWhileItIsWrittenToAndTheProcessIsKilled(int run) throws Exception {
        Random random = new Random(run);
        for (int i = 0; i < 50; i++) {
            put(i, Map.of("n", AttributeValue.fromN("0")));
        }
        open("");
        Process process = runInProcess();
        try (SteadyWrites writes = new SteadyWrites(client, "orders", run)) {
            awaitLive();
            for (int round = 0; round < ROUNDS; round++) {
                writes.awaitMore(100 + random.nextInt(200));
                server.rollShards();
                if (random.nextInt(3) == 0) {
                    process.destroyForcibly().waitFor();
                    // The shard may roll over while nobody reads it, too.
                    writes.awaitMore(random.nextInt(200));
                    server.rollShards();
                    process = runInProcess();
                }
            }
            writes.awaitMore(100);
            writes.close();
            assertThat(prove().certificate().orElseThrow().agreement())
                    .as("run %d", run)
                    .isEqualTo(Certificate.Agreement.QUIESCED);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void aTableIsProvenRowByRowWhileItIsWrittenTo() throws Exception {
        for (int i = 0; i < 300; i++) {
            put(i, Map.of("n", AttributeValue.fromN("0")));
        }
        start();
        awaitLive();
        whileItIsWrittenTo(() -> {
            for (int i = 0; i < 3; i++) {
                assertThat(prove().certificate().orElseThrow().agreement()).isEqualTo(Certificate.Agreement.PER_ROW);
            }
        });
        assertThat(prove().certificate().orElseThrow().agreement()).isEqualTo(Certificate.Agreement.QUIESCED);
    }

    @Test
    void rowsThatWereTamperedWithAreFoundWhileItIsWrittenTo() throws Exception {
        for (int i = 0; i < 20; i++) {
            put(i, Map.of("n", AttributeValue.fromN("0")));
        }
        start();
        awaitLive();
        prove();
        LakeTampering.changeRows(mirrored, ORDERS, "id", List.of(id(11), id(12)), "n", 5L);
        whileItIsWrittenTo(() -> {
            TableProof proof = mirrored.verify().proofs().get(0);
            assertThat(proof.outcome()).isEqualTo(TableProof.Outcome.DIFFERENT);
            assertThat(proof.differences())
                    .extracting(KeyDifference::key)
                    .containsExactlyInAnyOrder(List.of(id(11)), List.of(id(12)));
        });
    }

    /** What is done while a few rows change all the time, one of which comes and goes. */
    private interface Deed {
        void run() throws Exception;
    }

    private void whileItIsWrittenTo(Deed deed) throws Exception {
        AtomicBoolean stopped = new AtomicBoolean();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            for (int n = 1; !stopped.get(); n++) {
                put(n % 7, Map.of("n", AttributeValue.fromN(Integer.toString(n))));
                if (n % 5 == 0) {
                    client.deleteItem(
                            request -> request.tableName("orders").key(Map.of("id", AttributeValue.fromS(id(3)))));
                }
            }
        });
        try {
            deed.run();
        } finally {
            stopped.set(true);
            writer.join();
        }
    }

    private TableProof prove() throws InterruptedException {
        List<TableProof> proofs = mirrored.prove();
        assertThat(proofs).hasSize(1);
        return proofs.get(0);
    }

    private void start() throws IOException {
        start("");
    }

    private void start(String more) throws IOException {
        open(more);
        mirrored.start();
    }

    private Process runInProcess() throws IOException {
        return CommandProcess.start(
                folder.resolve("run.log"),
                tables.environment(),
                "run",
                "--config",
                mirrored.file().toString());
    }

    private void open(String more) throws IOException {
        mirrored = new MirroredPipeline(folder, tables.configuration() + more, tables.environment());
    }

    private void end() {
        if (mirrored != null) {
            mirrored.close();
            mirrored = null;
        }
    }

    private void awaitLive() {
        mirrored.awaitState(ORDERS, TableState.LIVE);
    }

    private static String id(int number) {
        return "order-" + number;
    }

    private static void put(int number, Map<String, AttributeValue> attributes) {
        Map<String, AttributeValue> item = new HashMap<>(attributes);
        item.put("id", AttributeValue.fromS(id(number)));
        client.putItem(request -> request.tableName("orders").item(item));
    }
}
