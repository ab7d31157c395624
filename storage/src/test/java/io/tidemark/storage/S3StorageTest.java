package io.tidemark.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.StorageException;
import io.tidemark.spi.storage.ObjectStore;
import io.tidemark.spi.storage.ObjectStore.ObjectInput;
import io.tidemark.spi.storage.ObjectStore.ObjectOutput;
import io.tidemark.testkit.s3.S3Faults;
import io.tidemark.testkit.s3.S3Server;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract of object storage, kept in S3. */
class S3StorageTest {
    @TempDir
    static Path folder;

    private static S3Server server;
    private static String bucket;

    private ObjectStore store;

    @BeforeAll
    static void startServer() {
        server = S3Server.start(folder);
        bucket = server.createBucket("bucket");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void openStore() {
        store = LakeStorage.of(bucket + "/the/lake/", settings(Map.of())).open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void anObjectIsThereWhenItIsClosed() throws IOException {
        try (ObjectOutput out = store.create("a/b/object")) {
            out.write(bytes("hello "));
            out.write(bytes("xworldx"), 1, 5);
            assertThat(out.position()).isEqualTo(11);
            assertThat(store.exists("a/b/object")).isFalse();
        }
        assertThat(store.root()).isEqualTo("s3://bucket/the/lake");
        assertThat(text("a/b/object")).isEqualTo("hello world");
        put("a/b/object", "another");
        assertThat(text("a/b/object")).isEqualTo("another");
    }

    @Test
    void anAbortedObjectIsNotThere() throws IOException {
        ObjectOutput out = store.create("a/object");
        out.write(bytes("new"));
        out.abort();
        out.close();
        assertThat(store.exists("a/object")).isFalse();
    }

    @Test
    void anObjectOfSeveralPartsIsReadAtAnyPlace() throws IOException {
        byte[] content = new byte[(70 << 20) + 1];
        new Random(1).nextBytes(content);
        try (ObjectOutput out = store.create("large")) {
            out.write(content);
        }
        try (ObjectInput in = store.open("large")) {
            assertThat(in.length()).isEqualTo(content.length);
            for (int at : new int[] {content.length - 10, 0, 32 << 20, 5}) {
                byte[] read = new byte[10];
                in.readFully(at, read, 2, 8);
                assertThat(Arrays.copyOfRange(read, 2, 10)).isEqualTo(Arrays.copyOfRange(content, at, at + 8));
            }
            assertThatThrownBy(() -> in.readFully(content.length - 3, new byte[9], 0, 9))
                    .isInstanceOf(EOFException.class)
                    .hasMessageContaining("large");
        }
    }

    @Test
    void listsByPrefixInOrderAndPastOnePage() throws IOException {
        Path many = Files.createDirectories(server.folder(bucket).resolve("the/lake/many"));
        for (int i = 0; i < 1_005; i++) {
            Files.writeString(many.resolve("%04d".formatted(i)), "x");
        }
        put("manyfold", "x");
        List<String> paths = store.list("many/");
        assertThat(paths).hasSize(1_005).isSorted().startsWith("many/0000").endsWith("many/1004");
        assertThat(store.list("many")).hasSize(1_006);
        assertThat(store.list("none/")).isEmpty();
    }

    @Test
    void whatIsMissingIsSaid() throws IOException {
        assertThatThrownBy(() -> store.open("gone").close())
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("s3://bucket/the/lake/gone");
        store.delete("gone");
        put("here", "x");
        store.delete("here");
        assertThat(store.exists("here")).isFalse();
    }

    @Test
    void aServerThatIsAwayIsAnErrorOfStorageWithItsPlace() throws IOException {
        put("object", "x");
        ObjectInput open = store.open("object");
        server.stop();
        assertThatThrownBy(() -> store.exists("object")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> store.open("object"))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("s3://bucket/the/lake/object");
        assertThatThrownBy(() -> store.list("a")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> store.delete("object")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> put("other", "x")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> open.readFully(0, new byte[1], 0, 1)).isInstanceOf(IOException.class);
        server.restart();
        assertThat(text("object")).isEqualTo("x");
    }

    @ParameterizedTest
    @EnumSource(
            value = S3Faults.Fault.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "SLOW"})
    void whatAStorageOrANetworkDoesIsToldByItsCode(S3Faults.Fault fault) throws IOException {
        ErrorCode code =
                fault == S3Faults.Fault.SLOW_DOWN ? ErrorCode.STORAGE_THROTTLED : ErrorCode.STORAGE_UNAVAILABLE;
        String text = "some text".repeat(100);
        put("object", text);
        try (S3Faults faults = new S3Faults(server)) {
            Map<String, String> properties = new HashMap<>(faults.properties());
            properties.put("s3.retry.num-retries", "0");
            if (fault == S3Faults.Fault.SILENCE) {
                properties.put("http-client.apache.socket-timeout-ms", "500");
            }
            try (ObjectStore faulty = LakeStorage.of(bucket + "/the/lake", new Settings("lake", Map.of(), properties))
                    .open()) {
                faults.inject(fault, 1);
                if (fault == S3Faults.Fault.CUT_DOWNLOAD) {
                    // Each try begins where the last one was cut.
                    try (ObjectInput in = faulty.open("object")) {
                        assertThat(in.readAll()).isEqualTo(bytes(text));
                    }
                } else if (fault != S3Faults.Fault.CUT_UPLOAD) {
                    assertToldBy(code, () -> {
                        try (ObjectInput in = faulty.open("object")) {
                            in.readAll();
                        }
                    });
                }
                if (fault != S3Faults.Fault.CUT_DOWNLOAD) {
                    assertToldBy(code, () -> {
                        try (ObjectOutput out = faulty.create("another")) {
                            out.write(bytes(text));
                        }
                    });
                    // A half upload is no object in Amazon S3; this server keeps what it got of it.
                    assertThat(fault == S3Faults.Fault.CUT_UPLOAD || !store.exists("another"))
                            .isTrue();
                }
                assertThat(faults.met()).isPositive();
                faults.inject(S3Faults.Fault.NONE, 1);
                // On a busy machine an honest answer too can take longer than the timeout of those that never come.
                await().ignoreException(StorageException.class).untilAsserted(() -> {
                    try (ObjectInput in = faulty.open("object")) {
                        assertThat(in.readAll()).isEqualTo(bytes(text));
                    }
                });
            }
        }
    }

    private static void assertToldBy(ErrorCode code, ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining("s3://bucket/the/lake/");
    }

    @Test
    void ofSeveralThatMakeAnObjectOneDoes() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 5; round++) {
                String path = "new/" + round;
                List<Future<Boolean>> tries = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    byte[] content = bytes("by " + i);
                    tries.add(threads.submit(() -> isMade(path, content)));
                }
                int made = 0;
                for (int i = 0; i < tries.size(); i++) {
                    if (tries.get(i).get()) {
                        made++;
                        assertThat(text(path)).isEqualTo("by " + i);
                    }
                }
                assertThat(made).isEqualTo(1);
            }
        } finally {
            threads.shutdown();
        }
    }

    private boolean isMade(String path, byte[] content) throws IOException {
        try {
            store.createNew(path, content);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    @Test
    void foldersAreThoseRightInAFolder() throws IOException {
        put("f/b/1", "x");
        put("f/a/deeper/2", "x");
        put("f/file", "x");
        assertThat(store.folders("f/")).containsExactly("a", "b");
        assertThat(store.folders("none/")).isEmpty();
        ObjectStore inside = new FolderStore(store, "f/a");
        assertThat(inside.root()).isEqualTo("s3://bucket/the/lake/f/a");
        assertThat(inside.folders("")).containsExactly("deeper");
        assertThat(inside.objects("")).singleElement().satisfies(found -> {
            assertThat(found.path()).isEqualTo("deeper/2");
            assertThat(found.bytes()).isEqualTo(1);
            assertThat(found.modifiedMillis()).isCloseTo(System.currentTimeMillis(), within(60_000L));
        });
        inside.deleteAll("");
        assertThat(store.list("f/")).containsExactly("f/b/1", "f/file");
    }

    private Settings settings(Map<String, String> more) {
        Map<String, String> properties = new HashMap<>(server.properties());
        properties.put("s3.retry.num-retries", "0");
        properties.putAll(more);
        return new Settings("lake", Map.of(), properties);
    }

    private void put(String path, String content) throws IOException {
        try (ObjectOutput out = store.create(path)) {
            out.write(bytes(content));
        }
    }

    private String text(String path) throws IOException {
        try (ObjectInput in = store.open(path)) {
            return new String(in.readAll(), StandardCharsets.UTF_8);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
