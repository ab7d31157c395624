package io.tidemark.lake.upsert.index;

import java.util.Arrays;

/** Locations by key, in memory. Not thread-safe, but any number of threads may look while nobody changes it. */
final class LocatedKeys {
    private final KeyTable table = new KeyTable();
    private long[] locations = new long[1024];

    KeyArena keys() {
        return table.keys();
    }

    /** By the number of the key. */
    long[] locations() {
        return locations;
    }

    boolean isEmpty() {
        return table.size() == 0;
    }

    /** Bytes held. */
    long byteSize() {
        return table.byteSize() + (long) Long.BYTES * locations.length;
    }

    /** The number of a key of another arena, or -1. */
    int find(KeyArena others, int key) {
        return table.find(others.data(), others.start(key), others.end(key));
    }

    /** The location, or {@link RowLocation#NONE}. */
    long get(KeyArena others, int key) {
        int number = find(others, key);
        return number < 0 ? RowLocation.NONE : locations[number];
    }

    /** Returns the location before, or {@link RowLocation#NONE}. */
    long put(byte[] data, int from, int to, long location) {
        int known = table.size();
        int number = table.findOrAdd(data, from, to);
        if (number == locations.length) {
            locations = Arrays.copyOf(locations, number * 2);
        }
        long before = number < known ? locations[number] : RowLocation.NONE;
        locations[number] = location;
        return before;
    }

    /** Takes the locations of keys of another arena. */
    void putAll(KeyArena others, int[] order, long[] located) {
        for (int key : order) {
            long unused = put(others.data(), others.start(key), others.end(key), located[key]);
        }
    }

    void clear() {
        table.clear();
    }
}
