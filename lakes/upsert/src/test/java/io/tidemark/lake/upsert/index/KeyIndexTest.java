package io.tidemark.lake.upsert.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
