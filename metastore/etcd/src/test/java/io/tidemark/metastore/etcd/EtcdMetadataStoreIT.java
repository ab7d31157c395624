package io.tidemark.metastore.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.etcd.jetcd.Auth;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.metastore.MetadataStoreProvider;
import io.tidemark.testkit.metastore.MetadataStoreContract;
import io.tidemark.testkit.server.EtcdServer;
import io.tidemark.testkit.server.LossyConnections;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against an etcd server of its own; each test has a prefix of its own. */
class EtcdMetadataStoreIT extends MetadataStoreContract {
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private static EtcdServer server;

    private String prefix;

    @BeforeAll
    static void startServer() {
        server = EtcdServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void namePrefix() {
        prefix = "test-" + PREFIXES.incrementAndGet() + "/";
    }

    @Override
    protected MetadataStore open() {
        return open(server.endpoint().toString(), Map.of());
    }

    private MetadataStore open(String endpoints, Map<String, String> more) {
        MetadataStoreProvider provider =
                ServiceLoader.load(MetadataStoreProvider.class).findFirst().orElseThrow();
        assertThat(provider.type()).isEqualTo("etcd");
        Map<String, String> values = new HashMap<>(more);
        values.put("endpoints", endpoints);
        values.put("prefix", prefix);
        return provider.open(new Settings("metadata", values, Map.of()));
    }

    private static String through(LossyConnections proxy) {
        return "http://127.0.0.1:" + proxy.port();
    }

    @Test
    void aListOfSeveralPagesIsWhole() {
        try (MetadataStore store = open()) {
            for (int i = 100; i < 300; i++) {
                assertThat(store.compareAndSet("k" + i, Entry.ABSENT, "value " + i))
                        .isPresent();
            }
            assertThat(store.list("k"))
                    .hasSize(200)
                    .isSortedAccordingTo((left, right) -> left.key().compareTo(right.key()))
                    .allSatisfy(entry -> assertThat(store.read(entry.key())).contains(entry));
        }
    }

    @Test
    void whatIsBesideThePrefixIsNotSeen() {
        try (MetadataStore store = open()) {
            assertThat(store.compareAndSet("a", Entry.ABSENT, "mine")).isPresent();
            prefix += "deeper/";
            try (MetadataStore other = open()) {
                assertThat(other.list("")).isEmpty();
                assertThat(other.compareAndSet("a", Entry.ABSENT, "other")).isPresent();
                assertThat(other.list("")).hasSize(1);
            }
        }
    }

    @Test
    void aWriteWhoseAnswerIsLostIsNotTakenForThatOfAnother() {
        try (LossyConnections proxy = new LossyConnections(server.endpoint().getPort());
                MetadataStore direct = open();
                MetadataStore store = open(through(proxy), Map.of())) {
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
        try (LossyConnections proxy = new LossyConnections(server.endpoint().getPort());
                MetadataStore direct = open();
                MetadataStore store = open(through(proxy), Map.of())) {
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
        try (LossyConnections proxy = new LossyConnections(server.endpoint().getPort());
                MetadataStore direct = open();
                MetadataStore store = open(through(proxy), Map.of())) {
            Entry created = store.compareAndSet("doomed", Entry.ABSENT, "1").orElseThrow();
            proxy.loseNextAnswer("doomed", 0, () -> direct.read("doomed").isEmpty());
            assertUnavailable(() -> store.delete("doomed", created.version()));
            assertThat(proxy.lost()).isEqualTo(1);
            assertThat(store.read("doomed")).isEmpty();
        }
    }

    @Test
    void aStoreThatDoesNotAnswerIsUnavailableAndHealsByItself() {
        try (LossyConnections proxy = new LossyConnections(server.endpoint().getPort());
                MetadataStore store = open(through(proxy), Map.of())) {
            Entry created = store.compareAndSet("a", Entry.ABSENT, "1").orElseThrow();
            proxy.refuseAll(true);
            assertUnavailable(() -> store.read("a"));
            assertUnavailable(() -> store.compareAndSet("a", created.version(), "2"));
            proxy.refuseAll(false);
            assertThat(store.compareAndSet("a", created.version(), "2")).isPresent();
        }
    }

    @Test
    void aServerThatStartsAgainIsTheSameStore() {
        try (EtcdServer own = EtcdServer.start();
                MetadataStore store = open(own.endpoint().toString(), Map.of())) {
            Entry created = store.compareAndSet("a", Entry.ABSENT, "1").orElseThrow();
            own.stop();
            assertUnavailable(() -> store.read("a"));
            own.restart();
            assertThat(store.read("a")).contains(created);
            assertThat(store.compareAndSet("a", created.version(), "2")).isPresent();
        }
    }

    @Test
    void aMemberThatIsDownIsPassedOver() {
        try (EtcdServer gone = EtcdServer.start()) {
            String endpoints = gone.endpoint() + ", " + server.endpoint();
            gone.stop();
            try (MetadataStore store = open(endpoints, Map.of())) {
                for (int i = 0; i < 10; i++) {
                    assertThat(store.compareAndSet("k" + i, Entry.ABSENT, "1")).isPresent();
                }
            }
        }
    }

    @Test
    void logsInWithUserAndPassword() throws Exception {
        try (EtcdServer own = EtcdServer.start()) {
            try (Client admin = Client.builder().endpoints(own.endpoint()).build()) {
                Auth auth = admin.getAuthClient();
                auth.userAdd(bytes("root"), bytes("hunter2")).get();
                auth.roleAdd(bytes("root")).get();
                auth.userGrantRole(bytes("root"), bytes("root")).get();
                auth.authEnable().get();
            }
            String endpoint = own.endpoint().toString();
            try (MetadataStore store = open(endpoint, Map.of("user", "root", "password", "hunter2"))) {
                Entry written = store.compareAndSet("a", Entry.ABSENT, "1").orElseThrow();
                assertThat(store.list("")).containsExactly(written);
                assertThat(store.delete("a", written.version())).isTrue();
            }
            assertUnavailable(() -> open(endpoint, Map.of()));
            assertThatThrownBy(() -> open(endpoint, Map.of("user", "root", "password", "wrong-secret")))
                    .asInstanceOf(type(TidemarkException.class))
                    .returns(ErrorCode.METASTORE_UNAVAILABLE, TidemarkException::code)
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("wrong-secret"));
        }
    }

    @Test
    void speaksTlsAndShowsItsCertificate(@TempDir Path folder) throws Exception {
        Path key = folder.resolve("key.pem");
        Path certificate = folder.resolve("certificate.pem");
        writeCertificate(folder, certificate, key);
        try (EtcdServer own = EtcdServer.startWithTls(certificate, key)) {
            String endpoint = own.endpoint().toString();
            Map<String, String> trust = Map.of("tls-ca", certificate.toString());
            Map<String, String> both = new HashMap<>(trust);
            both.put("tls-certificate", certificate.toString());
            both.put("tls-key", key.toString());
            try (MetadataStore store = open(endpoint, both)) {
                Entry written = store.compareAndSet("a", Entry.ABSENT, "1").orElseThrow();
                assertThat(store.list("")).containsExactly(written);
            }
            assertUnavailable(() -> open(endpoint, trust));
            assertUnavailable(() -> open(endpoint, Map.of()));
        }
    }

    /** A certificate for 127.0.0.1 that is its own authority. */
    private static void writeCertificate(Path folder, Path certificate, Path key) throws Exception {
        Path store = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "etcd",
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=etcd",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-ext",
                        "bc=ca:true",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "password",
                        "-keystore",
                        store.toString())
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), "password".toCharArray());
        Files.writeString(
                certificate, pem("CERTIFICATE", keys.getCertificate("etcd").getEncoded()));
        Files.writeString(
                key,
                pem("PRIVATE KEY", keys.getKey("etcd", "password".toCharArray()).getEncoded()));
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + kind
                + "-----\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:2379", "http://", "http://a:1,https://b:2", "ftp://a:1"})
    void refusesEndpointsThatAreNone(String text) {
        assertThatThrownBy(() -> open(text, Map.of())).isInstanceOf(RuntimeException.class);
    }

    private static void assertUnavailable(Runnable call) {
        assertThatThrownBy(call::run)
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.METASTORE_UNAVAILABLE, TidemarkException::code);
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }
}
