package io.tidemark.metastore.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.metastore.MetadataStoreProvider;
import io.tidemark.testkit.metastore.MetadataStoreContract;
import io.tidemark.testkit.server.LossyConnections;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a ZooKeeper server in this process; each test has a node of its own. */
class ZooKeeperMetadataStoreIT extends MetadataStoreContract {
    /** The longest session is twenty ticks. */
    private static final int TICK_MILLIS = 100;

    private static final AtomicInteger NODES = new AtomicInteger();

    private static TestingServer server;

    private String path;

    @BeforeAll
    static void startServer() throws Exception {
        server = new TestingServer(new InstanceSpec(null, -1, -1, -1, true, -1, TICK_MILLIS, -1), true);
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @BeforeEach
    void nameNode() {
        path = "/some/where/test-" + NODES.incrementAndGet();
    }

    @Override
    protected MetadataStore open() {
        return open(server.getPort(), Map.of());
    }

    private MetadataStore open(int port, Map<String, String> more) {
        MetadataStoreProvider provider =
                ServiceLoader.load(MetadataStoreProvider.class).findFirst().orElseThrow();
        assertThat(provider.type()).isEqualTo("zookeeper");
        Map<String, String> values = new HashMap<>(more);
        values.put("connect", "127.0.0.1:" + port + path);
        return provider.open(new Settings("metadata", values, Map.of()));
    }

    @Test
    void valuesOfAnySizeFollowEachOther() throws Exception {
        Random random = new Random(1);
        try (MetadataStore store = open()) {
            long version = Entry.ABSENT;
            for (int i = 0; i < 12; i++) {
                String value =
                        text(random, List.of(10, 500_000, 500_001, 1 << 20).get(i % 4));
                Entry written = store.compareAndSet("a", version, value).orElseThrow();
                assertThat(store.compareAndSet("a", version, text(random, 600_000)))
                        .isEmpty();
                assertThat(store.read("a")).contains(written);
                assertThat(store.list("")).containsExactly(written);
                version = written.version();
            }
            assertThat(store.delete("a", version)).isTrue();
            assertThat(store.list("")).isEmpty();
            assertThat(partsLeft()).as("parts that nobody needs").isEmpty();
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

    @Test
    void aFolderOfManyEntriesIsListed() {
        try (MetadataStore store = open()) {
            for (int i = 1000; i < 1300; i++) {
                assertThat(store.compareAndSet("p/cuts/" + i, Entry.ABSENT, "cut " + i))
                        .isPresent();
            }
            assertThat(store.list("p/")).hasSize(300);
            assertThat(store.list("p/cuts/11"))
                    .hasSize(100)
                    .allSatisfy(entry -> assertThat(store.read(entry.key())).contains(entry));
        }
    }

    @Test
    void aWriteWhoseAnswerIsLostIsNotTakenForThatOfAnother() {
        try (LossyConnections proxy = new LossyConnections(server.getPort());
                MetadataStore direct = open();
                MetadataStore store = open(proxy.port(), Map.of())) {
            proxy.loseNextAnswer("first-write", 0, () -> direct.read("a").isPresent());
            Entry created =
                    store.compareAndSet("a", Entry.ABSENT, "first-write").orElseThrow();
            assertThat(proxy.lost()).isEqualTo(1);
            assertThat(direct.read("a")).contains(created);
            proxy.loseNextAnswer("second-write", 0, () -> !direct.read("a").equals(Optional.of(created)));
            Entry changed =
                    store.compareAndSet("a", created.version(), "second-write").orElseThrow();
            assertThat(proxy.lost()).isEqualTo(2);
            assertThat(direct.read("a")).contains(changed);
        }
    }

    @Test
    void aWriteWhoseAnswerIsLostAndThatWasChangedAgainIsOfUnknownOutcome() {
        try (LossyConnections proxy = new LossyConnections(server.getPort());
                MetadataStore direct = open();
                MetadataStore store = open(proxy.port(), Map.of())) {
            proxy.loseNextAnswer(
                    "first-write",
                    0,
                    () -> direct.read("a")
                            .map(Entry::version)
                            .flatMap(version -> direct.compareAndSet("a", version, "of another"))
                            .isPresent());
            assertUnavailable(() -> store.compareAndSet("a", Entry.ABSENT, "first-write"));
            assertThat(proxy.lost()).isEqualTo(1);
            assertThat(store.read("a").map(Entry::value)).contains("of another");
        }
    }

    @Test
    void aDeleteWhoseAnswerIsLostIsOfUnknownOutcome() {
        try (LossyConnections proxy = new LossyConnections(server.getPort());
                MetadataStore direct = open();
                MetadataStore store = open(proxy.port(), Map.of())) {
            Entry created = store.compareAndSet("doomed", Entry.ABSENT, "1").orElseThrow();
            // The node is read before it is deleted.
            proxy.loseNextAnswer("doomed", 1, () -> direct.read("doomed").isEmpty());
            assertUnavailable(() -> store.delete("doomed", created.version()));
            assertThat(proxy.lost()).isEqualTo(1);
            assertThat(store.read("doomed")).isEmpty();
        }
    }

    @Test
    void isUnavailableWithoutAServerAndHealsAfterItsSessionHasExpired() {
        try (LossyConnections proxy = new LossyConnections(server.getPort());
                MetadataStore store = open(proxy.port(), Map.of())) {
            Entry created = store.compareAndSet("a", Entry.ABSENT, "1").orElseThrow();
            proxy.refuseAll(true);
            // Each call tries for longer than a session of this server lives.
            assertUnavailable(() -> store.read("a"));
            assertUnavailable(() -> store.compareAndSet("a", created.version(), "2"));
            proxy.refuseAll(false);
            Entry changed = store.compareAndSet("a", created.version(), "2").orElseThrow();
            assertThat(store.read("a")).contains(changed);
        }
    }

    @Test
    void aServerThatStartsAgainIsTheSameStore() throws Exception {
        try (MetadataStore store = open()) {
            Entry created = store.compareAndSet("a", Entry.ABSENT, "1").orElseThrow();
            server.stop();
            assertUnavailable(() -> store.read("a"));
            server.restart();
            assertThat(store.read("a")).contains(created);
            assertThat(store.compareAndSet("a", created.version(), "2")).isPresent();
        }
    }

    /** ZooKeeper's own number of a node starts again at 0 when the node is made again. */
    @Test
    void creatorsAndDeletersOfOneKeyNeverReplaceWhatTheyHaveNotSeen() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (MetadataStore store = open()) {
            List<Future<List<Long>>> running = IntStream.range(0, 4)
                    .mapToObj(thread -> threads.submit((Callable<List<Long>>) () -> createAndDelete(thread)))
                    .toList();
            List<Long> all = new ArrayList<>();
            for (Future<List<Long>> one : running) {
                all.addAll(one.get());
            }
            assertThat(all).hasSizeGreaterThanOrEqualTo(200).doesNotHaveDuplicates();
            assertThat(store.read("other")).isEmpty();
        } finally {
            threads.shutdownNow();
        }
    }

    private List<Long> createAndDelete(int thread) {
        List<Long> written = new ArrayList<>();
        try (MetadataStore mine = open()) {
            while (written.size() < 50) {
                Optional<Entry> created = mine.compareAndSet("contended", Entry.ABSENT, "of " + thread);
                created.ifPresent(entry -> written.add(entry.version()));
                Optional<Entry> seen = mine.read("contended");
                seen.flatMap(entry -> mine.compareAndSet("contended", entry.version(), entry.value() + "'"))
                        .ifPresent(entry -> written.add(entry.version()));
                seen.ifPresent(entry -> mine.delete("contended", entry.version()));
                mine.read("contended").ifPresent(entry -> mine.delete("contended", entry.version()));
            }
        }
        return written;
    }

    @Test
    void nodesOfAUserAreClosedToOthers() throws Exception {
        Map<String, String> login = Map.of("user", "tide", "password", "hunter2");
        try (MetadataStore store = open(server.getPort(), login)) {
            Entry written = store.compareAndSet("a", Entry.ABSENT, "1").orElseThrow();
            assertThat(store.list("")).containsExactly(written);
            assertUnavailable(this::open);
            assertThatThrownBy(() -> open(server.getPort(), Map.of("user", "tide", "password", "wrong-secret")))
                    .asInstanceOf(type(TidemarkException.class))
                    .returns(ErrorCode.METASTORE_UNAVAILABLE, TidemarkException::code)
                    .satisfies(
                            e -> assertThat(e.getMessage()).contains("NoAuth").doesNotContain("wrong-secret"));
        }
    }

    private List<String> partsLeft() throws Exception {
        try (ZooKeeper session = new ZooKeeper(server.getConnectString(), 10_000, event -> {})) {
            return session.getChildren(path + "/parts", false);
        }
    }

    private static void assertUnavailable(Runnable call) {
        assertThatThrownBy(call::run)
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.METASTORE_UNAVAILABLE, TidemarkException::code);
    }

    private static String text(Random random, int bytes) {
        return IntStream.range(0, bytes)
                .mapToObj(i -> Character.toString('!' + random.nextInt(90)))
                .collect(Collectors.joining());
    }
}
