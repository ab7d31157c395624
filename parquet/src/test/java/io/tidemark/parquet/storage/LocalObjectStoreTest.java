package io.tidemark.parquet.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.storage.ObjectStore.ObjectInput;
import io.tidemark.spi.storage.ObjectStore.ObjectOutput;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalObjectStoreTest {
    @TempDir
    Path folder;

    private Path root;
    private LocalObjectStore store;

    @BeforeEach
    void openStore() throws IOException {
        root = folder.resolve("new/root");
        store = new LocalObjectStore(root);
    }

    @Test
    void anObjectIsVisibleAsAWholeWhenItIsClosed() throws IOException {
        try (ObjectOutput out = store.create("a/b/object")) {
            out.write(bytes("hello "));
            out.write('w');
            out.write(bytes("xworldx"), 2, 4);
            assertThat(out.position()).isEqualTo(11);
            assertThat(store.exists("a/b/object")).isFalse();
            assertThat(store.list("")).isEmpty();
        }

        assertThat(text("a/b/object")).isEqualTo("hello world");
        assertThat(store.list("")).containsExactly("a/b/object");
        assertThat(root.resolve("a/b").toFile().list()).hasSize(1);
    }

    @Test
    void anAbortedObjectLeavesNothingAndTheOldOneStays() throws IOException {
        put("a/object", "old");
        ObjectOutput out = store.create("a/object");
        out.write(bytes("new"));
        out.abort();
        out.close();
        out.abort();

        assertThat(text("a/object")).isEqualTo("old");
        assertThat(root.resolve("a").toFile().list()).hasSize(1);

        put("a/object", "newest");
        assertThat(text("a/object")).isEqualTo("newest");
    }

    @Test
    void readsAnyRange() throws IOException {
        put("object", "0123456789");
        try (ObjectInput in = store.open("object")) {
            assertThat(in.length()).isEqualTo(10);
            byte[] buffer = bytes("----------");
            in.readFully(3, buffer, 1, 4);
            assertThat(buffer).isEqualTo(bytes("-3456-----"));
            assertThatThrownBy(() -> in.readFully(8, buffer, 0, 3))
                    .isInstanceOf(EOFException.class)
                    .hasMessageContaining("it ends early (path=object, length=10, position=8, bytes=3)");
        }
    }

    @Test
    void aMissingObjectIsSaidToBeMissing() {
        assertThatThrownBy(() -> store.open("a/none"))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage("a/none: no such object under " + root);
        assertThatThrownBy(() -> store.open("a")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void listsByPrefixInOrderAtAnyDepth() throws IOException {
        for (String path : List.of("s/2/b", "s/1/c/d", "s/1/a", "s/10/a", "t/x", "s1")) {
            put(path, "");
        }
        assertThat(store.list("s/1")).containsExactly("s/1/a", "s/1/c/d", "s/10/a");
        assertThat(store.list("s/1/")).containsExactly("s/1/a", "s/1/c/d");
        assertThat(store.list("s")).containsExactly("s/1/a", "s/1/c/d", "s/10/a", "s/2/b", "s1");
        assertThat(store.list("s/1/c/")).containsExactly("s/1/c/d");
        assertThat(store.list("none/")).isEmpty();
        assertThat(store.list("s/3")).isEmpty();
    }

    @Test
    void listingRemovesTemporaryFilesThatACrashLeft() throws IOException {
        put("a/object", "");
        Path stale = Files.createDirectories(root.resolve("b/c")).resolve(".tmp-stale");
        Files.writeString(stale, "half");
        Files.setLastModifiedTime(stale, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        Path fresh = root.resolve("a/.tmp-fresh");
        Files.writeString(fresh, "half");

        assertThat(store.list("")).containsExactly("a/object");

        assertThat(root.resolve("b")).doesNotExist();
        assertThat(fresh).exists();
    }

    @Test
    void deletingRemovesEmptyFoldersAndNothingElse() throws IOException {
        put("a/b/c/object", "");
        put("a/other", "");
        store.delete("a/b/c/object");
        store.delete("a/b/c/object");
        store.delete("a");

        assertThat(root.resolve("a/b")).doesNotExist();
        assertThat(store.list("")).containsExactly("a/other");
        store.delete("a/other");
        assertThat(root).exists();
        assertThat(root.resolve("a")).doesNotExist();
    }

    @Test
    void aLinkedFolderIsFollowedAndNotRemoved() throws IOException {
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        Files.createSymbolicLink(root.resolve("linked"), elsewhere);
        put("linked/object", "there");

        assertThat(elsewhere.resolve("object")).exists();
        assertThat(store.list("")).containsExactly("linked/object");
        store.delete("linked/object");
        assertThat(root.resolve("linked")).exists();
    }

    @Test
    void pathsThatLeaveTheRootAreRefused() throws IOException {
        Files.writeString(folder.resolve("secret"), "secret");
        for (String path : List.of(
                "../../secret", "a/../../../secret", "/etc/passwd", "", ".", "a/..", "..", "a/.tmp-x", "a\0b")) {
            assertThatThrownBy(() -> store.open(path)).as(path).hasMessageContaining("Cannot use this path");
            assertThatThrownBy(() -> store.create(path)).as(path).hasMessageContaining("Cannot use this path");
            assertThatThrownBy(() -> store.delete(path)).as(path).hasMessageContaining("Cannot use this path");
        }
        assertThatThrownBy(() -> store.list("../")).hasMessageContaining("Cannot use this path");
    }

    @Test
    void aFileInPlaceOfAFolderIsNamed() throws IOException {
        put("a", "file");
        assertThatThrownBy(() -> store.create("a/b"))
                .isInstanceOf(IOException.class)
                .hasMessage("Cannot create object: a file is where a folder is needed (path=a/b, root=" + root + ")");
        put("f/g", "");
        assertThatThrownBy(() -> store.create("f")).hasMessageContaining("there is a folder of this name (path=f");
    }

    @Test
    void objectsAreMadeWhileOthersEmptyTheFolder() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> work = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                String path = "shared/deep/object" + thread;
                work.add(threads.submit(() -> {
                    for (int i = 0; i < 50; i++) {
                        put(path, "x");
                        store.delete(path);
                    }
                    return null;
                }));
            }
            for (Future<?> done : work) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(store.list("")).isEmpty();
    }

    private void put(String path, String text) throws IOException {
        try (ObjectOutput out = store.create(path)) {
            out.write(bytes(text));
        }
    }

    private String text(String path) throws IOException {
        try (ObjectInput in = store.open(path)) {
            byte[] buffer = new byte[(int) in.length()];
            in.readFully(0, buffer, 0, buffer.length);
            return new String(buffer, StandardCharsets.UTF_8);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
