package io.tidemark.bench.loop;

import io.tidemark.lake.upsert.KeyIndexes;
import io.tidemark.lake.upsert.index.KeyArena;
import io.tidemark.lake.upsert.index.KeyIndex;
import io.tidemark.lake.upsert.index.KeySort;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Keys of a slice looked up in the index of a table of two million rows, sorting included. */
@State(Scope.Thread)
public class KeyIndexLoop {
    private static final int KEYS = 30_000;
    private static final int ROWS = 2_000_000;
    private static final int PORTION = 100_000;

    private final Random random = new Random(1);
    private final long[] locations = new long[KEYS];
    private Path folder;
    private KeyIndexes indexes;
    private KeyIndex index;

    @Setup
    public void fill() throws IOException {
        folder = Files.createTempDirectory("key-index");
        indexes = new KeyIndexes(folder);
        index = indexes.open(BankBatch.SCHEMA.table());
        for (int from = 0; from < ROWS; from += PORTION) {
            KeyArena keys = new KeyArena(PORTION);
            long[] places = new long[PORTION];
            int[] order = new int[PORTION];
            for (int i = 0; i < PORTION; i++) {
                add(keys, from + i);
                places[i] = from + i;
                order[i] = i;
            }
            index.put(keys, order, places);
        }
    }

    @Benchmark
    @OperationsPerInvocation(KEYS)
    public long[] keys() {
        KeyArena keys = new KeyArena(KEYS);
        for (int i = 0; i < KEYS; i++) {
            add(keys, random.nextInt(ROWS));
        }
        index.lookup(keys, KeySort.order(keys), true, locations);
        return locations;
    }

    private static void add(KeyArena keys, long id) {
        byte[] key = ByteBuffer.allocate(9).put((byte) 1).putLong(id).array();
        keys.add(key, 0, key.length);
    }

    @TearDown
    public void delete() throws IOException {
        index.close();
        indexes.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(file);
            }
        }
    }
}
