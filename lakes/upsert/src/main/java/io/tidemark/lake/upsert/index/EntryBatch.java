package io.tidemark.lake.upsert.index;

import java.util.Arrays;

/**
 * Entries to be written together, in RocksDB's own form of a batch (source, {@code db/write_batch.cc}), so that they cross to it at once instead of one by
 * one: a sequence number (8 bytes, unused), the count (4 bytes), and for each entry its kind, its family, its key and its value, lengths as varints.
 */
final class EntryBatch {
    private static final int HEAD_BYTES = 12;
    private static final int COUNT_AT = 8;
    private static final byte PUT = 1;
    private static final byte DELETE = 0;
    private static final byte PUT_IN_FAMILY = 5;
    private static final byte DELETE_IN_FAMILY = 4;
    private static final int LENGTHS_BYTES_MAX = 32;

    private final int family;
    private byte[] bytes = new byte[1 << 18];
    private int size = HEAD_BYTES;
    private int count;

    EntryBatch(int family) {
        this.family = family;
    }

    void put(KeyArena keys, int key, long location) {
        key(PUT, PUT_IN_FAMILY, keys, key);
        byte[] value = EntryValue.write(location);
        varint(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    void delete(KeyArena keys, int key) {
        key(DELETE, DELETE_IN_FAMILY, keys, key);
    }

    byte[] bytes() {
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[COUNT_AT + i] = (byte) (count >>> (i * Byte.SIZE));
        }
        return Arrays.copyOf(bytes, size);
    }

    private void key(byte kind, byte kindInFamily, KeyArena keys, int key) {
        int start = keys.start(key);
        int length = keys.end(key) - start;
        if (bytes.length - size < length + LENGTHS_BYTES_MAX) {
            bytes = Arrays.copyOf(
                    bytes, Math.addExact(bytes.length, Math.max(bytes.length, length + LENGTHS_BYTES_MAX)));
        }
        if (family == 0) {
            bytes[size++] = kind;
        } else {
            bytes[size++] = kindInFamily;
            varint(family);
        }
        varint(length);
        System.arraycopy(keys.data(), start, bytes, size, length);
        size += length;
        count++;
    }

    private void varint(int number) {
        int rest = number;
        while ((rest & ~0x7F) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }
}
