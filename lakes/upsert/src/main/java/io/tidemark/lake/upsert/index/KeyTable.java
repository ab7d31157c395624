package io.tidemark.lake.upsert.index;

import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Numbers distinct keys from 0 in the order in which they come: an open-addressed hash table without an object per key. Not thread-safe. */
public final class KeyTable implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;
    private static final int SLOTS_LEAST = 1024;

    private final KeyArena keys = new KeyArena(SLOTS_LEAST);
    private int[] slots = new int[SLOTS_LEAST];
    private int[] hashes = new int[SLOTS_LEAST];

    /** The keys by number. */
    public KeyArena keys() {
        return keys;
    }

    public int size() {
        return keys.size();
    }

    /** The key's number, a new one if it was not there: then it is {@code size() - 1}. */
    public int findOrAdd(KeyBuffer key) {
        return findOrAdd(key.data(), 0, key.length());
    }

    /** The same for the bytes {@code [from, to)}. */
    public int findOrAdd(byte[] data, int from, int to) {
        int hash = hash(data, from, to);
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (slots[slot] != 0) {
            int number = slots[slot] - 1;
            if (hashes[number] == hash && keys.isEqual(number, data, from, to)) {
                return number;
            }
            slot = (slot + 1) & mask;
        }
        int number = keys.add(data, from, to);
        if (number == hashes.length) {
            hashes = Arrays.copyOf(hashes, hashes.length * 2);
        }
        hashes[number] = hash;
        slots[slot] = number + 1;
        if (keys.size() * 2 > slots.length) {
            grow();
        }
        return number;
    }

    /** The number of the key in {@code [from, to)}, or -1. */
    public int find(byte[] data, int from, int to) {
        int hash = hash(data, from, to);
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (slots[slot] != 0) {
            int number = slots[slot] - 1;
            if (hashes[number] == hash && keys.isEqual(number, data, from, to)) {
                return number;
            }
            slot = (slot + 1) & mask;
        }
        return -1;
    }

    /** Bytes held. */
    public long byteSize() {
        return keys.byteSize() + 4L * (slots.length + hashes.length);
    }

    /** Forgets all keys; memory is kept unless it is large. */
    public void clear() {
        keys.clear();
        Arrays.fill(slots, 0);
    }

    private void grow() {
        int[] wider = new int[slots.length * 2];
        int mask = wider.length - 1;
        for (int number = 0; number < keys.size(); number++) {
            int slot = hashes[number] & mask;
            while (wider[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            wider[slot] = number + 1;
        }
        slots = wider;
    }

    /** A number that equal keys share. */
    public static int hash(byte[] data, int from, int to) {
        long hash = (to - from) * MULTIPLIER;
        int at = from;
        for (; at + Long.BYTES <= to; at += Long.BYTES) {
            hash = mix(hash ^ (long) LONGS.get(data, at));
        }
        long tail = 0;
        for (; at < to; at++) {
            tail = (tail << Byte.SIZE) | (data[at] & 0xFF);
        }
        hash = mix(hash ^ tail);
        return (int) (hash ^ (hash >>> 32));
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 32)) * MULTIPLIER;
        mixed = (mixed ^ (mixed >>> 29)) * 0xBF58_476D_1CE4_E5B9L;
        return mixed ^ (mixed >>> 32);
    }
}
