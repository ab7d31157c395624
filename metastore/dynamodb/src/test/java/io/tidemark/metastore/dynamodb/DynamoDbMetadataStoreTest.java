package io.tidemark.metastore.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tidemark.server.DynamoDbServer;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.metastore.MetadataStoreProvider;
import io.tidemark.testkit.metastore.MetadataStoreContract;
import io.tidemark.testkit.server.BuiltJars;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** Against DynamoDB Local; each test has a table of its own. */
class DynamoDbMetadataStoreTest extends MetadataStoreContract {
    private static final AtomicInteger TABLES = new AtomicInteger();

    private static DynamoDbServer server;

    private String table;

    @BeforeAll
    static void startServer() {
        server = DynamoDbServer.start(BuiltJars.dynamoDb());
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void nameTable() {
        table = "entries-" + TABLES.incrementAndGet();
    }

    @Override
    protected MetadataStore open() {
        return open(server.endpoint());
    }

    private MetadataStore open(URI endpoint) {
        MetadataStoreProvider provider =
                ServiceLoader.load(MetadataStoreProvider.class).findFirst().orElseThrow();
        assertThat(provider.type()).isEqualTo("dynamodb");
        return provider.open(new Settings(
                "metadata",
                Map.of(
                        "table", table,
                        "endpoint", endpoint.toString(),
                        "region", server.region(),
                        "access-key", server.accessKey(),
                        "secret-key", server.secretKey()),
                Map.of()));
    }

    @Test
    void valuesOfAnySizeFollowEachOther() {
        Random random = new Random(1);
        try (MetadataStore store = open()) {
            long version = Entry.ABSENT;
            for (int i = 0; i < 12; i++) {
                String value =
                        text(random, List.of(10, 389_999, 390_001, 1 << 20).get(i % 4));
                Entry written = store.compareAndSet("a", version, value).orElseThrow();
                assertThat(store.compareAndSet("a", version, "late")).isEmpty();
                assertThat(store.read("a")).contains(written);
                assertThat(store.list("")).containsExactly(written);
                version = written.version();
            }
            assertThat(store.delete("a", version)).isTrue();
            assertThat(store.list("")).isEmpty();
            // What a larger entry of the key left behind would show in a later one.
            Entry again = store.compareAndSet("a", Entry.ABSENT, text(random, 400_000))
                    .orElseThrow();
            assertThat(store.read("a")).contains(again);
        }
    }

    @Test
    void charactersOfSeveralBytesAreNotCut() {
        for (int shift = 0; shift < 4; shift++) {
            String value = "x".repeat(shift) + "水😀".repeat(120_000);
            try (MetadataStore store = open()) {
                Entry written =
                        store.compareAndSet("k" + shift, Entry.ABSENT, value).orElseThrow();
                assertThat(store.read("k" + shift)).contains(written);
            }
        }
    }

    /** The SDK repeats a call that has no answer; the first one may have been carried out. */
    @ParameterizedTest
    @ValueSource(ints = {10, 800_000})
    void aCallWhoseAnswerIsLostIsNotTakenForThatOfAnother(int size) throws Exception {
        String value = text(new Random(2), size);
        try (LossyProxy proxy = new LossyProxy(server.endpoint());
                MetadataStore store = open(proxy.endpoint())) {
            proxy.loseNextAnswers("PutItem", "TransactWriteItems");
            Entry created = store.compareAndSet("a", Entry.ABSENT, value).orElseThrow();
            assertThat(proxy.lost()).isEqualTo(1);
            assertThat(store.read("a")).contains(created);
            proxy.loseNextAnswers("PutItem", "TransactWriteItems");
            Entry changed =
                    store.compareAndSet("a", created.version(), value + "!").orElseThrow();
            assertThat(proxy.lost()).isEqualTo(2);
            assertThat(store.read("a")).contains(changed);
            proxy.loseNextAnswers("TransactWriteItems");
            assertThat(store.delete("a", changed.version())).isTrue();
            assertThat(proxy.lost()).isEqualTo(3);
            assertThat(store.read("a")).isEmpty();
        }
    }

    @Test
    void aStoreThatDoesNotAnswerIsUnavailableAndHealsByItself() throws Exception {
        try (LossyProxy proxy = new LossyProxy(server.endpoint());
                MetadataStore store = open(proxy.endpoint())) {
            Entry created = store.compareAndSet("a", Entry.ABSENT, "1").orElseThrow();
            proxy.refuseAll(true);
            assertThatThrownBy(() -> store.read("a"))
                    .asInstanceOf(type(TidemarkException.class))
                    .returns(ErrorCode.METASTORE_UNAVAILABLE, TidemarkException::code);
            assertThatThrownBy(() -> store.compareAndSet("a", created.version(), "2"))
                    .asInstanceOf(type(TidemarkException.class))
                    .returns(ErrorCode.METASTORE_UNAVAILABLE, TidemarkException::code);
            proxy.refuseAll(false);
            assertThat(store.compareAndSet("a", created.version(), "2")).isPresent();
        }
    }

    @Test
    void aTableOfSomethingElseIsRefused() {
        table = "other";
        try (var client = LossyProxy.client(server)) {
            client.createTable(create -> create.tableName(table)
                    .billingMode(BillingMode.PAY_PER_REQUEST)
                    .attributeDefinitions(AttributeDefinition.builder()
                            .attributeName("id")
                            .attributeType(ScalarAttributeType.S)
                            .build())
                    .keySchema(KeySchemaElement.builder()
                            .attributeName("id")
                            .keyType(KeyType.HASH)
                            .build()));
        }
        assertThatThrownBy(this::open)
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.CONFIG_INVALID, TidemarkException::code);
    }

    private static String text(Random random, int bytes) {
        return IntStream.range(0, bytes)
                .mapToObj(i -> Character.toString('!' + random.nextInt(90)))
                .collect(Collectors.joining());
    }
}
