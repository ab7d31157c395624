package io.tidemark.source.dynamodb;

/** Keys of items that an incremental export has. One thread adds; when it is done any number may ask. */
final class ChangedKeys {
    /** Memory for a key, at most: slots of two longs, of which at least a quarter is in use. */
    static final long BYTES_PER_KEY = 64;

    private static final long SLOTS_MAX = 1L << 29;

    private final long[] slots;
    private final int mask;

    /**
     * No keys yet.
     *
     * @param count how many keys will be added at most
     */
    ChangedKeys(long count) {
        long wanted = Math.max(1, count) * 2;
        long size = Math.max(2, Long.highestOneBit(wanted - 1) << 1);
        if (size > SLOTS_MAX) {
            throw new IllegalArgumentException("Cannot hold so many keys (count=" + count + ")");
        }
        this.slots = new long[(int) (2 * size)];
        this.mask = (int) size - 1;
    }

    void add(KeyHash key) {
        int at = find(key);
        slots[2 * at] = key.high();
        slots[2 * at + 1] = key.low();
    }

    boolean contains(KeyHash key) {
        return slots[2 * find(key) + 1] != 0;
    }

    /** The slot of the key, or the free one where it belongs. A free slot's second long is 0, which that of no key is. */
    private int find(KeyHash key) {
        int at = (int) key.high() & mask;
        while (slots[2 * at + 1] != 0 && (slots[2 * at] != key.high() || slots[2 * at + 1] != key.low())) {
            at = (at + 1) & mask;
        }
        return at;
    }
}
