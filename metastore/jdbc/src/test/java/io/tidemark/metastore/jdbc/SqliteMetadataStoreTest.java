package io.tidemark.metastore.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.metastore.MetadataStoreProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteMetadataStoreTest {
    @TempDir
    Path folder;

    private String url;
    private MetadataStore store;

    @BeforeEach
    void open() {
        url = "jdbc:sqlite:" + folder.resolve("deep/er/metadata.db");
        store = JdbcMetadataStore.open(url, new Properties());
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void isFoundAsProviderOfTypeJdbc() {
        MetadataStoreProvider provider = ServiceLoader.load(MetadataStoreProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.type().equals("jdbc"))
                .findFirst()
                .orElseThrow();
        try (MetadataStore opened = provider.open(new Settings("metastore", Map.of("url", url), Map.of()))) {
            assertThat(opened.compareAndSet("a", Entry.ABSENT, "1")).isPresent();
        }
        assertThat(store.read("a")).map(Entry::value).contains("1");
    }

    @Test
    void refusesUrlsItCannotServe() {
        JdbcMetadataStoreProvider provider = new JdbcMetadataStoreProvider();
        for (String wrong : new String[] {"jdbc:mysql://h/d", "metadata.db", "jdbc:sqlite::memory:"}) {
            assertThatThrownBy(() -> provider.open(new Settings("metastore", Map.of("url", wrong), Map.of())))
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID));
        }
        assertThatThrownBy(() -> provider.open(new Settings("metastore", Map.of(), Map.of())))
                .hasMessageContaining("no URL is set");
    }

    @Test
    void neverRepeatsAVersionAfterDeleteAndCreate() {
        long version = Entry.ABSENT;
        for (int round = 0; round < 5; round++) {
            Entry made = store.compareAndSet("k", Entry.ABSENT, "v").orElseThrow();
            assertThat(made.version()).isGreaterThan(version);
            Entry rewritten = store.compareAndSet("k", made.version(), "w").orElseThrow();
            assertThat(rewritten.version()).isGreaterThan(made.version());
            assertThat(store.delete("k", made.version())).isFalse();
            assertThat(store.delete("k", rewritten.version())).isTrue();
            assertThat(store.compareAndSet("k", rewritten.version(), "zombie")).isEmpty();
            version = rewritten.version();
        }
    }

    @Test
    void listsByPrefixInOrderWithoutItsOwnRow() {
        for (String key : new String[] {"b/2", "a", "b/10", "b", "b~", "B/1", "b/", "c", "b/%_", " "}) {
            assertThat(store.compareAndSet(key, Entry.ABSENT, key)).isPresent();
        }
        assertThat(store.list("b/")).extracting(Entry::key).containsExactly("b/", "b/%_", "b/10", "b/2");
        assertThat(store.list("")).hasSize(10).extracting(Entry::key).isSorted().doesNotContain("");
        assertThat(store.list("b/%")).extracting(Entry::key).containsExactly("b/%_");
    }

    @Test
    void keepsHostileValuesExactly() {
        String[] values = {"", "a\nb\r\n\t", "' OR 1=1; --", "\uD83D\uDE00 é \u0001 \uFFFF", "x".repeat(1 << 20)};
        for (int i = 0; i < values.length; i++) {
            assertThat(store.compareAndSet("v" + i, Entry.ABSENT, values[i])).isPresent();
            assertThat(store.read("v" + i).orElseThrow().value()).isEqualTo(values[i]);
        }
    }

    @Test
    void refusesKeysAndValuesOutsideItsLimits() {
        for (String key : new String[] {"", "é", "a\n", "k".repeat(513)}) {
            assertThatThrownBy(() -> store.compareAndSet(key, Entry.ABSENT, "v"))
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
        }
        for (String value : new String[] {"a\0b", "\uD83D"}) {
            assertThatThrownBy(() -> store.compareAndSet("k", Entry.ABSENT, value))
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
        }
        for (String value : new String[] {"x".repeat((1 << 20) + 1), "é".repeat(600_000)}) {
            assertThatThrownBy(() -> store.compareAndSet("k", Entry.ABSENT, value))
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED));
        }
        assertThat(store.list("")).isEmpty();
    }

    @Test
    void writesThroughTheLogAndWaitsForTheDisk() throws Exception {
        Connections connections = new Connections(Dialect.SQLITE, url, new Properties());
        try {
            connections.use(connection -> {
                try (Statement statement = connection.createStatement()) {
                    try (ResultSet mode = statement.executeQuery("PRAGMA journal_mode")) {
                        assertThat(mode.getString(1)).isEqualTo("wal");
                    }
                    try (ResultSet full = statement.executeQuery("PRAGMA synchronous")) {
                        assertThat(full.getInt(1)).as("FULL").isEqualTo(2);
                    }
                }
                return true;
            });
        } finally {
            connections.close();
        }
    }

    @Test
    void refusesALayoutItDoesNotKnow() throws Exception {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE tidemark_entries SET value = '2' WHERE key = ''");
        }
        assertThatThrownBy(() -> JdbcMetadataStore.open(url, new Properties()))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                .hasMessageContaining("layout=2");
    }

    @Test
    void reportsAFileThatIsNoStore() throws Exception {
        Path file = folder.resolve("text.db");
        Files.writeString(file, "this is certainly not a database file, whatever its name says".repeat(100));
        assertThatThrownBy(() -> JdbcMetadataStore.open("jdbc:sqlite:" + file, new Properties()))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.METASTORE_UNAVAILABLE))
                .hasMessageContaining("text.db");
    }

    @Test
    void twoProcessesNeverBothWinTheSameVersion() throws Exception {
        int times = 300;
        try (StoreProcess left = StoreProcess.start(url, "increment", "counter", Integer.toString(times));
                StoreProcess right = StoreProcess.start(url, "increment", "counter", Integer.toString(times))) {
            assertThat(left.nextLine()).isEqualTo("ready");
            assertThat(right.nextLine()).isEqualTo("ready");
            StoreProcess.increment(store, "counter", times);
            assertThat(left.waitForExit()).isZero();
            assertThat(right.waitForExit()).isZero();
        }
        Entry last = store.read("counter").orElseThrow();
        assertThat(last.value()).isEqualTo(Integer.toString(3 * times));
    }

    @Test
    void aKilledWriterLeavesEveryAcknowledgedWrite() throws Exception {
        for (int round = 0; round < 3; round++) {
            String prefix = "run" + round + "/";
            int acknowledged = 0;
            try (StoreProcess writer = StoreProcess.start(url, "append", prefix)) {
                assertThat(writer.nextLine()).isEqualTo("ready");
                while (acknowledged < 40 + 17 * round) {
                    acknowledged = Integer.parseInt(writer.nextLine());
                }
                writer.kill();
                for (String line = writer.nextLine(); line != null; line = writer.nextLine()) {
                    acknowledged = Integer.parseInt(line);
                }
            }
            for (int i = 1; i <= acknowledged; i++) {
                assertThat(store.read(prefix + i)).map(Entry::value).contains("value " + i);
            }
            Entry head = store.read(prefix + "head").orElseThrow();
            assertThat(Integer.parseInt(head.value())).isBetween(acknowledged, acknowledged + 1);
            assertThat(store.compareAndSet(prefix + "head", head.version(), "after"))
                    .isPresent();
        }
    }
}
