package io.tidemark.testkit.metastore;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.MetadataStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every metadata store does; an implementation's test extends this. */
public abstract class MetadataStoreContract {
    private static final int THREADS = 4;
    private static final int INCREMENTS = 25;

    private final List<MetadataStore> opened = new ArrayList<>();

    /** Opens a handle to the test's one store, which is empty when the test starts. Called several times in a test. */
    protected abstract MetadataStore open() throws Exception;

    private MetadataStore store() {
        try {
            MetadataStore store = open();
            synchronized (opened) {
                opened.add(store);
            }
            return store;
        } catch (Exception e) {
            throw new IllegalStateException("Cannot open the store under test", e);
        }
    }

    @AfterEach
    final void closeHandles() {
        opened.forEach(MetadataStore::close);
    }

    @Test
    void readsNothingWhereNothingWasWritten() {
        assertThat(store().read("tables/public.accounts")).isEmpty();
    }

    @Test
    void readsWhatWasWritten() {
        MetadataStore store = store();
        Entry written = store.compareAndSet("a/b", Entry.ABSENT, "one").orElseThrow();
        assertThat(written.key()).isEqualTo("a/b");
        assertThat(written.value()).isEqualTo("one");
        assertThat(written.version()).isGreaterThan(Entry.ABSENT);
        assertThat(store.read("a/b")).contains(written);
    }

    @Test
    void keepsWhatWasWrittenAfterItIsClosed() {
        MetadataStore first = store();
        Entry written = first.compareAndSet("a", Entry.ABSENT, "kept").orElseThrow();
        first.close();
        assertThat(store().read("a")).contains(written);
    }

    @Test
    void showsAWriteToEveryOtherHandleAtOnce() {
        MetadataStore left = store();
        MetadataStore right = store();
        assertThat(right.read("a")).isEmpty();
        Entry first = left.compareAndSet("a", Entry.ABSENT, "1").orElseThrow();
        assertThat(right.read("a")).contains(first);
        Entry second = right.compareAndSet("a", first.version(), "2").orElseThrow();
        assertThat(left.read("a")).contains(second);
        assertThat(left.compareAndSet("a", first.version(), "3")).isEmpty();
        assertThat(right.delete("a", second.version())).isTrue();
        assertThat(left.read("a")).isEmpty();
    }

    @Test
    void refusesToCreateWhatExists() {
        MetadataStore store = store();
        Entry first = store.compareAndSet("a", Entry.ABSENT, "one").orElseThrow();
        assertThat(store.compareAndSet("a", Entry.ABSENT, "two")).isEmpty();
        assertThat(store.read("a")).contains(first);
    }

    @Test
    void refusesToReplaceWhatDoesNotExist() {
        MetadataStore store = store();
        assertThat(store.compareAndSet("a", 1, "one")).isEmpty();
        assertThat(store.read("a")).isEmpty();
    }

    @Test
    void refusesAnOutdatedVersionAndChangesNothing() {
        MetadataStore store = store();
        Entry first = store.compareAndSet("a", Entry.ABSENT, "one").orElseThrow();
        Entry second = store.compareAndSet("a", first.version(), "two").orElseThrow();
        assertThat(second.version()).isGreaterThan(first.version());
        assertThat(store.compareAndSet("a", first.version(), "three")).isEmpty();
        assertThat(store.delete("a", first.version())).isFalse();
        assertThat(store.read("a")).contains(second);
    }

    @Test
    void givesANewVersionToTheSameValue() {
        MetadataStore store = store();
        Entry first = store.compareAndSet("a", Entry.ABSENT, "same").orElseThrow();
        Entry second = store.compareAndSet("a", first.version(), "same").orElseThrow();
        assertThat(second.version()).isGreaterThan(first.version());
    }

    @Test
    void deletesOnlyOnce() {
        MetadataStore store = store();
        Entry written = store.compareAndSet("a", Entry.ABSENT, "one").orElseThrow();
        assertThat(store.delete("a", written.version())).isTrue();
        assertThat(store.read("a")).isEmpty();
        assertThat(store.delete("a", written.version())).isFalse();
        assertThat(store.delete("a", Entry.ABSENT)).isFalse();
        assertThat(store.compareAndSet("a", written.version(), "two")).isEmpty();
    }

    @Test
    void neverRepeatsAVersionOfAKeyThatWasDeleted() {
        MetadataStore store = store();
        Set<Long> versions = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            Entry created = store.compareAndSet("a", Entry.ABSENT, "v" + i).orElseThrow();
            Entry changed = store.compareAndSet("a", created.version(), "w" + i).orElseThrow();
            assertThat(versions.add(created.version())).isTrue();
            assertThat(versions.add(changed.version())).isTrue();
            assertThat(store.delete("a", changed.version())).isTrue();
        }
        MetadataStore reopened = store();
        assertThat(versions.add(reopened.compareAndSet("a", Entry.ABSENT, "x")
                        .orElseThrow()
                        .version()))
                .isTrue();
    }

    @Test
    void listsByPrefixInKeyOrder() {
        MetadataStore store = store();
        for (String key : List.of("b/2", "a/10", "a/9", "a-", "a/", "a0", "A/1", "b/1", "a/a", "a/B")) {
            create(store, key, "value of " + key);
        }
        assertThat(store.list("a/")).extracting(Entry::key).containsExactly("a/", "a/10", "a/9", "a/B", "a/a");
        assertThat(store.list(""))
                .extracting(Entry::key)
                .containsExactly("A/1", "a-", "a/", "a/10", "a/9", "a/B", "a/a", "a0", "b/1", "b/2");
        assertThat(store.list("c")).isEmpty();
        Entry one = store.read("b/1").orElseThrow();
        assertThat(store.list("b/1")).containsExactly(one);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a%b", "a_b", "a\\b", "a'b", "a*b", "a?b", "a[b]", "a\"b", "a b", "a:b", "a+b#", "..", "a//b", "a.b."
            })
    void takesEveryPrintableCharacterLiterally(String key) {
        MetadataStore store = store();
        create(store, "aXb", "other");
        create(store, "a", "shorter");
        Entry written = store.compareAndSet(key, Entry.ABSENT, "mine").orElseThrow();
        assertThat(store.read(key)).contains(written);
        assertThat(store.list(key)).containsExactly(written);
    }

    @Test
    void distinguishesCaseAndTrailingBlanks() {
        MetadataStore store = store();
        for (String key : List.of("key", "KEY", "Key", "key ")) {
            create(store, key, key);
        }
        for (String key : List.of("key", "KEY", "Key", "key ")) {
            assertThat(store.read(key).map(Entry::value)).contains(key);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "line\nbreak\r\n\ttab", "quote ' \" \\ %", "Grüße 水 🐘 \u0301", "null", "{\"a\":[1,2]}"
            })
    void keepsAnyText(String value) {
        MetadataStore store = store();
        create(store, "a", value);
        assertThat(store().read("a").map(Entry::value)).contains(value);
        assertThat(store.list("a")).extracting(Entry::value).containsExactly(value);
    }

    @Test
    void takesTheLongestKeyAndTheLargestValue() {
        MetadataStore store = store();
        String key = "k".repeat(512);
        String value = "0123456789abcdef".repeat(1 << 16);
        create(store, key, value);
        Optional<Entry> read = store.read(key);
        assertThat(read.map(entry -> entry.value().equals(value))).contains(true);
    }

    @Test
    void letsExactlyOneOfManyCreators() throws Exception {
        List<Optional<Entry>> results = concurrently(thread -> {
            MetadataStore store = store();
            return () -> store.compareAndSet("lease", Entry.ABSENT, "owner " + thread);
        });
        List<Entry> winners = results.stream().flatMap(Optional::stream).toList();
        assertThat(winners).hasSize(1);
        assertThat(store().read("lease")).contains(winners.get(0));
    }

    @Test
    void losesNoIncrementOfConcurrentWriters() throws Exception {
        create(store(), "counter", "0");
        List<Set<Long>> versions = concurrently(thread -> {
            MetadataStore store = store();
            return () -> {
                Set<Long> mine = new HashSet<>();
                while (mine.size() < INCREMENTS) {
                    Entry seen = store.read("counter").orElseThrow();
                    String next = Integer.toString(Integer.parseInt(seen.value()) + 1);
                    store.compareAndSet("counter", seen.version(), next).ifPresent(entry -> mine.add(entry.version()));
                }
                return mine;
            };
        });
        Set<Long> all = new HashSet<>();
        versions.forEach(all::addAll);
        assertThat(all).hasSize(THREADS * INCREMENTS);
        assertThat(store().read("counter").map(Entry::value)).contains(Integer.toString(THREADS * INCREMENTS));
    }

    private static void create(MetadataStore store, String key, String value) {
        assertThat(store.compareAndSet(key, Entry.ABSENT, value)).isPresent();
    }

    private interface Work<T> {
        Callable<T> of(int thread);
    }

    private static <T> List<T> concurrently(Work<T> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Callable<T> task = work.of(i);
                futures.add(threads.submit(() -> {
                    start.await();
                    return task.call();
                }));
            }
            start.countDown();
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
