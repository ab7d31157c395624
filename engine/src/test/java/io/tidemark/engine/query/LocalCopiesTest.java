package io.tidemark.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.storage.ObjectStore;
import io.tidemark.testkit.clock.MutableClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCopiesTest {
    private final Objects storage = new Objects();
    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-20T08:00:00Z"));

    @TempDir
    Path folder;

    @Test
    void copiesAFileOnceForAllThatComeAfter() {
        storage.put("a/1", "one");
        storage.put("a/2", "twos");
        try (LocalCopies copies = open(100)) {
            assertThat(contents(copies.of(locations("a/1", "a/2"), List.of(3L, 4L))))
                    .containsExactly("one", "twos");
            assertThat(contents(copies.of(locations("a/2"), List.of(4L)))).containsExactly("twos");
        }
        try (LocalCopies copies = open(100)) {
            assertThat(contents(copies.of(locations("a/2", "a/1"), List.of(4L, 3L))))
                    .containsExactly("twos", "one");
        }
        assertThat(storage.opened).containsExactlyInAnyOrder("a/1", "a/2");
    }

    @Test
    void keepsWhatWasUsedLastWithinTheLimit() {
        for (String path : List.of("a", "b", "c")) {
            storage.put(path, path.repeat(4));
            clock.advance(Duration.ofSeconds(1));
            try (LocalCopies copies = open(10)) {
                copies.of(locations(path), List.of(4L));
            }
        }
        storage.opened.clear();
        try (LocalCopies copies = open(10)) {
            copies.of(locations("c", "b"), List.of(4L, 4L));
            assertThat(storage.opened).isEmpty();
            copies.of(locations("a"), List.of(4L));
            assertThat(storage.opened).containsExactly("a");
        }
    }

    @Test
    void aCopyInUseStaysWhenItIsNoLongerKept() {
        storage.put("a", "aaaa");
        storage.put("b", "bbbbbbbb");
        try (LocalCopies first = open(10);
                LocalCopies second = open(10)) {
            List<String> used = first.of(locations("a"), List.of(4L));
            clock.advance(Duration.ofSeconds(1));
            second.of(locations("b"), List.of(8L));
            assertThat(contents(used)).containsExactly("aaaa");
        }
    }

    @Test
    void leavesNothingButWhatIsKept() throws IOException {
        storage.put("a", "aaaa");
        Files.createDirectories(folder.resolve("used-999999999-1"));
        Files.writeString(folder.resolve("used-999999999-1/x.part"), "of a process that was killed");
        try (LocalCopies copies = open(10)) {
            copies.of(locations("a"), List.of(4L));
        }
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactly(folder.resolve("kept"));
        }
    }

    @Test
    void refusesMoreThanTheLimitAndNamesIt() {
        try (LocalCopies copies = open(10)) {
            assertThatThrownBy(() -> copies.of(locations("a", "b"), List.of(6L, 5L)))
                    .isInstanceOfSatisfying(TidemarkException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
                        assertThat(e.reason()).contains("limits.query-disk", "bytes=11");
                    });
        }
    }

    @Test
    void aFileThatIsMissingOrAnotherIsDamage() {
        storage.put("a", "aaaa");
        try (LocalCopies copies = open(100)) {
            assertThatThrownBy(() -> copies.of(locations("a"), List.of(5L)))
                    .hasMessageContaining("wrong size (expected=5, found=4")
                    .hasFieldOrPropertyWithValue("code", ErrorCode.LAKE_FILE_CORRUPT);
            assertThatThrownBy(() -> copies.of(locations("gone"), List.of(5L)))
                    .hasMessageContaining("missing")
                    .hasFieldOrPropertyWithValue("code", ErrorCode.LAKE_FILE_CORRUPT);
            assertThatThrownBy(() -> copies.of(List.of("s3://other/a"), List.of(4L)))
                    .hasMessageContaining("not in the lake's location");
            storage.fails = true;
            assertThatThrownBy(() -> copies.of(locations("a"), List.of(4L)))
                    .hasMessageContaining("no route")
                    .hasFieldOrPropertyWithValue("code", ErrorCode.LAKE_IO);
            storage.fails = false;
            assertThat(contents(copies.of(locations("a"), List.of(4L)))).containsExactly("aaaa");
        }
    }

    private LocalCopies open(long bytesMax) {
        return new LocalCopies(storage, folder, bytesMax, clock);
    }

    private static List<String> locations(String... paths) {
        return Arrays.stream(paths).map(path -> "s3://bucket/lake/" + path).toList();
    }

    private static List<String> contents(List<String> paths) {
        return paths.stream()
                .map(path -> {
                    try {
                        return Files.readString(Path.of(path));
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .toList();
    }

    /** Objects in memory, which can be out of reach. */
    private static final class Objects implements ObjectStore {
        private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
        private final List<String> opened = Collections.synchronizedList(new ArrayList<>());
        private volatile boolean fails;

        void put(String path, String content) {
            objects.put(path, content.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String root() {
            return "s3://bucket/lake";
        }

        @Override
        public ObjectInput open(String path) throws IOException {
            if (fails) {
                throw new IOException("no route");
            }
            byte[] content = objects.get(path);
            if (content == null) {
                throw new NoSuchFileException(path);
            }
            opened.add(path);
            return new ObjectInput() {
                @Override
                public long length() {
                    return content.length;
                }

                @Override
                public void readFully(long position, byte[] buffer, int offset, int length) {
                    System.arraycopy(content, (int) position, buffer, offset, length);
                }

                @Override
                public void close() {
                    // Nothing is open.
                }
            };
        }

        @Override
        public ObjectOutput create(String path) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean exists(String path) {
            return objects.containsKey(path);
        }

        @Override
        public void createNew(String path, byte[] content) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<StoredObject> objects(String prefix) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<String> folders(String folder) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void delete(String path) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
