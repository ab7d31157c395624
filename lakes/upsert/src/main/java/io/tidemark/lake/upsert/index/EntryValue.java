package io.tidemark.lake.upsert.index;

import java.util.Arrays;

/** Row locations as the values of entries. */
final class EntryValue {
    private EntryValue() {}

    /** Both numbers in as few bytes as they need; no bytes for nowhere. */
    static byte[] write(long location) {
        if (location == RowLocation.NONE) {
            return new byte[0];
        }
        byte[] bytes = new byte[10];
        int length = putVarint(bytes, 0, RowLocation.file(location));
        length = putVarint(bytes, length, RowLocation.row(location));
        return Arrays.copyOf(bytes, length);
    }

    static long read(byte[] value) {
        if (value.length == 0) {
            return RowLocation.NONE;
        }
        long file = 0;
        int at = 0;
        int shift = 0;
        while (value[at] < 0) {
            file |= (long) (value[at++] & 0x7F) << shift;
            shift += 7;
        }
        file |= (long) value[at++] << shift;
        long row = 0;
        shift = 0;
        while (value[at] < 0) {
            row |= (long) (value[at++] & 0x7F) << shift;
            shift += 7;
        }
        row |= (long) value[at] << shift;
        return RowLocation.of((int) file, row);
    }

    private static int putVarint(byte[] target, int at, int number) {
        int rest = number;
        int end = at;
        while ((rest & ~0x7F) != 0) {
            target[end++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        target[end++] = (byte) rest;
        return end;
    }
}
