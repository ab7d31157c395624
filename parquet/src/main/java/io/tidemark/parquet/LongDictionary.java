package io.tidemark.parquet;

import java.util.Arrays;

/** Numbers in the order in which they were first met, and where each is. */
final class LongDictionary {
    private static final int SLOTS_MIN = 64;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private long[] entries = new long[SLOTS_MIN / 2];
    /** Place of an entry plus one, by hash; zero for none. At most half of the slots are taken. */
    private int[] slots = new int[SLOTS_MIN];

    private int size;

    int size() {
        return size;
    }

    /** The numbers; only the first {@link #size()} mean something. */
    long[] entries() {
        return entries;
    }

    /** Where the number is, added when it is new. */
    int indexOf(long number) {
        int slot = slot(number);
        while (slots[slot] != 0) {
            int place = slots[slot] - 1;
            if (entries[place] == number) {
                return place;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, 2 * size);
            rehash(2 * slots.length);
            return indexOf(number);
        }
        entries[size] = number;
        slots[slot] = ++size;
        return size - 1;
    }

    /** Forgets entries from the end until so many remain; nothing is added afterwards. */
    void truncate(int newSize) {
        size = newSize;
        rehash(slots.length);
    }

    private void rehash(int length) {
        slots = new int[length];
        for (int place = 0; place < size; place++) {
            int slot = slot(entries[place]);
            while (slots[slot] != 0) {
                slot = (slot + 1) & (length - 1);
            }
            slots[slot] = place + 1;
        }
    }

    private int slot(long number) {
        long mixed = number * MIX;
        return (int) (mixed >>> 32) & (slots.length - 1);
    }
}
