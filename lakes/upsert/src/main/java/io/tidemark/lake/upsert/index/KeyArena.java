package io.tidemark.lake.upsert.index;

import java.io.Serializable;
import java.util.Arrays;

/** Keys one after the other in one array, by number. Not thread-safe. */
public final class KeyArena implements Serializable {
    private static final long serialVersionUID = 1L;

    private byte[] data;
    private int[] ends;
    private int size;

    /** An empty arena with room for so many keys of about 24 bytes. */
    public KeyArena(int capacity) {
        this.data = new byte[Math.max(64, capacity * 24)];
        this.ends = new int[Math.max(16, capacity)];
    }

    public int size() {
        return size;
    }

    /** All keys; key {@code i} is {@code [start(i), end(i))}. */
    public byte[] data() {
        return data;
    }

    public int start(int key) {
        return key == 0 ? 0 : ends[key - 1];
    }

    public int end(int key) {
        return ends[key];
    }

    /** A copy of the key. */
    public byte[] bytes(int key) {
        return Arrays.copyOfRange(data, start(key), end(key));
    }

    /** Bytes held. */
    public long byteSize() {
        return (size == 0 ? 0L : ends[size - 1]) + 4L * size;
    }

    /** Appends a key and returns its number. */
    public int add(byte[] source, int from, int to) {
        int start = size == 0 ? 0 : ends[size - 1];
        int length = to - from;
        if ((long) start + length > data.length) {
            data = Arrays.copyOf(data, grown(data.length, (long) start + length));
        }
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, grown(ends.length, size + 1L));
        }
        System.arraycopy(source, from, data, start, length);
        ends[size] = start + length;
        return size++;
    }

    /** Forgets all keys and keeps the memory. */
    public void clear() {
        size = 0;
    }

    boolean isEqual(int key, byte[] other, int from, int to) {
        return Arrays.equals(data, start(key), end(key), other, from, to);
    }

    int compare(int left, int right) {
        return Arrays.compareUnsigned(data, start(left), end(left), data, start(right), end(right));
    }

    /** The first eight bytes after the first as an unsigned number, short keys padded: order of prefixes is order of keys, but for ties. */
    long prefix(int key) {
        int at = start(key) + 1;
        int end = end(key);
        long prefix = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            prefix = (prefix << Byte.SIZE) | (at + i < end ? data[at + i] & 0xFFL : 0L);
        }
        return prefix;
    }

    private static int grown(int length, long needed) {
        long grown = Math.max(needed, length + (length >> 1));
        if (needed > Integer.MAX_VALUE - 16) {
            throw new IllegalStateException("Cannot hold keys of more than 2 GiB (bytes=" + needed + ")");
        }
        return (int) Math.min(grown, Integer.MAX_VALUE - 16);
    }
}
