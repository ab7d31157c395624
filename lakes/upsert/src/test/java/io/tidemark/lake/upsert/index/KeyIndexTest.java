package io.tidemark.lake.upsert.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.spi.error.TidemarkException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/** What applies stage and publish, beside a map that does the same. */
class KeyIndexTest {
    private static final int KEYS = 5_000;

    private final Random random = new Random(7);

    /** Everything staged goes to disk, some of it, nothing. */
    @ParameterizedTest
    @ValueSource(longs = {0, 250_000, 1 << 30})
    void knowsWhatWasStagedAndPublished(long stagedBytes, @TempDir Path folder) {
        Map<Integer, Long> published = new HashMap<>();
        try (IndexMemory memory = new IndexMemory(stagedBytes)) {
            try (KeyIndex index = KeyIndex.open(folder, memory)) {
                for (int apply = 0; apply < 12; apply++) {
                    Map<Integer, Long> seen = new HashMap<>(published);
                    int rounds = 1 + random.nextInt(5);
                    for (int round = 0; round < rounds - 1; round++) {
                        Round staged = round(seen);
                        index.stage(staged.keys, staged.order, staged.locations);
                        assertHas(index, seen, true);
                    }
                    if (apply % 3 == 2) {
                        index.discardStaged();
                    } else {
                        Round last = round(seen);
                        index.publish(
                                last.keys,
                                last.order,
                                last.locations,
                                List.of(),
                                path -> true,
                                new IndexHeader("table", "load", apply));
                        published.clear();
                        published.putAll(seen);
                    }
                    assertHas(index, published, true);
                    assertHas(index, Map.of(), false);
                }
            }
            try (KeyIndex again = KeyIndex.open(folder, memory)) {
                assertHas(again, published, true);
            }
        }
    }

    @Test
    void takesSortedFilesOverButForKeysThatAreElsewhereSince(@TempDir Path folder, @TempDir Path elsewhere)
            throws Exception {
        Map<Integer, Long> expected = new HashMap<>();
        IntStream.range(0, KEYS).forEach(id -> expected.put(id, RowLocation.of(id % 2, id)));
        IndexHeader header = new IndexHeader("table", "load", 2);
        try (IndexMemory memory = new IndexMemory(0)) {
            try (KeyIndex index = KeyIndex.open(folder, memory)) {
                publish(index, expected, 1);
                List<String> sorted = sorted(memory, elsewhere, expected);
                // Meanwhile one row moves on, and another one goes.
                Map<Integer, Long> since = new HashMap<>();
                since.put(7, RowLocation.of(3, 1));
                since.put(8, RowLocation.NONE);
                publish(index, since, 1);
                expected.putAll(since);
                expected.remove(8);
                Round others = round(since, List.of(7, 8));
                index.adopt(
                        sorted,
                        50,
                        List.of(new Made("made")),
                        others.keys,
                        others.order,
                        others.locations,
                        path -> true,
                        header);
                assertHas(index, expected, true);
                assertThat(index.path(50)).isEqualTo("made");
            }
            try (KeyIndex again = KeyIndex.open(folder, memory)) {
                assertHas(again, expected, true);
                assertThat(again.header()).contains(header);
                assertThat(again.covers("made")).isTrue();
            }
        }
    }

    /** Else who opens it next takes what is there for whole. */
    @Test
    void saysNothingOfItselfWhenItBreaksOffAmidst(@TempDir Path folder) {
        try (IndexMemory memory = new IndexMemory(0)) {
            try (KeyIndex index = KeyIndex.open(folder, memory)) {
                publish(index, Map.of(1, RowLocation.of(0, 1)), 1);
                assertThatThrownBy(() -> index.adopt(
                                List.of(folder.resolve("gone.sst").toString()),
                                50,
                                List.of(new Made("made")),
                                new KeyArena(0),
                                new int[0],
                                new long[0],
                                path -> true,
                                new IndexHeader("table", "load", 2)))
                        .isInstanceOf(TidemarkException.class);
                assertThat(index.header()).isEmpty();
            }
            try (KeyIndex again = KeyIndex.open(folder, memory)) {
                assertThat(again.header()).isEmpty();
            }
        }
    }

    private static void publish(KeyIndex index, Map<Integer, Long> locations, long version) {
        Round all = round(locations, List.copyOf(locations.keySet()));
        index.publish(
                all.keys, all.order, all.locations, List.of(), path -> true, new IndexHeader("table", "load", version));
    }

    /** Files with the keys that had a place in the first file, now at the same row of file 50. */
    private static List<String> sorted(IndexMemory memory, Path folder, Map<Integer, Long> before) throws Exception {
        try (EntrySort sort = new EntrySort(folder, 1 << 14, duplicate -> {});
                DBOptions database = memory.databaseOptions();
                ColumnFamilyOptions entries = memory.entryOptions()) {
            EntrySort.Part part = sort.part();
            for (Map.Entry<Integer, Long> entry : before.entrySet()) {
                if (RowLocation.file(entry.getValue()) == 0) {
                    byte[] bytes = key(entry.getKey());
                    KeyBuffer key = new KeyBuffer();
                    key.putBytes(bytes, 0, bytes.length);
                    part.add(key, RowLocation.of(50, RowLocation.row(entry.getValue())));
                }
            }
            part.finish();
            List<String> files = new SstFiles(folder, memory, database, entries).write(sort);
            before.replaceAll((id, location) ->
                    RowLocation.file(location) == 0 ? RowLocation.of(50, RowLocation.row(location)) : location);
            return files;
        }
    }

    private static Round round(Map<Integer, Long> locations, List<Integer> ids) {
        KeyArena keys = new KeyArena(ids.size());
        for (int id : ids) {
            byte[] key = key(id);
            keys.add(key, 0, key.length);
        }
        return new Round(keys, ids.stream().mapToLong(locations::get).toArray());
    }

    private record Made(String path) implements StoredFile {
        @Override
        public long rows() {
            return KEYS;
        }

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public Object group() {
            return "";
        }
    }

    private static final class Round {
        private final KeyArena keys;
        private final int[] order;
        private final long[] locations;

        Round(KeyArena keys, long[] locations) {
            this.keys = keys;
            this.order = KeySort.order(keys);
            this.locations = locations;
        }
    }

    /** Some keys with new places, some of them gone; notes them. */
    private Round round(Map<Integer, Long> seen) {
        KeyTable keys = new KeyTable();
        long[] locations = new long[KEYS];
        for (int i = 0; i < 2_000; i++) {
            int id = random.nextInt(KEYS);
            byte[] key = key(id);
            int number = keys.findOrAdd(key, 0, key.length);
            locations[number] = random.nextInt(4) == 0
                    ? RowLocation.NONE
                    : RowLocation.of(random.nextInt(200), random.nextInt(1_000_000));
            if (locations[number] == RowLocation.NONE) {
                seen.remove(id);
            } else {
                seen.put(id, locations[number]);
            }
        }
        return new Round(keys.keys(), locations);
    }

    private static void assertHas(KeyIndex index, Map<Integer, Long> expected, boolean useEntries) {
        KeyArena keys = new KeyArena(KEYS);
        IntStream.range(0, KEYS).forEach(id -> {
            byte[] key = key(id);
            keys.add(key, 0, key.length);
        });
        long[] locations = new long[KEYS];
        index.lookup(keys, KeySort.order(keys), useEntries, locations);
        Map<Integer, Long> found = new HashMap<>();
        for (int id = 0; id < KEYS; id++) {
            if (locations[id] != RowLocation.NONE) {
                found.put(id, locations[id]);
            }
        }
        assertThat(found).isEqualTo(expected);
    }

    /** Of different lengths. */
    private static byte[] key(int id) {
        return ByteBuffer.allocate(5 + id % 9).put((byte) 1).putInt(id).array();
    }
}
