package io.tidemark.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;

/** Byte strings in the order in which they were first met, and where each is. */
final class BytesDictionary {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int SLOTS_MIN = 64;
    private static final int FIRST_BYTES = 1024;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private final int prefix;
    /** The entries as a dictionary page holds them: each with its length before it, unless all have the same. */
    private byte[] data = new byte[FIRST_BYTES];
    /** Where each entry ends; the next one's length begins there. */
    private int[] ends = new int[SLOTS_MIN / 2];

    /** An entry's hash and, in the lower half, its place plus one; zero for none. At most half of the slots are taken. */
    private long[] slots = new long[SLOTS_MIN];

    private int size;

    /** @param prefix bytes of an entry's length: four, or none when all have the same */
    BytesDictionary(int prefix) {
        this.prefix = prefix;
    }

    int size() {
        return size;
    }

    /** Bytes of {@link #plain}. */
    int bytes() {
        return size == 0 ? 0 : ends[size - 1];
    }

    /** The entries, encoded plainly. */
    BytesInput plain() {
        return BytesInput.from(data, 0, bytes());
    }

    /** Where the value is, added when it is new. */
    int indexOf(byte[] source, int from, int to) {
        int hash = hash(source, from, to);
        int slot = hash & (slots.length - 1);
        while (slots[slot] != 0) {
            int place = (int) slots[slot] - 1;
            if ((int) (slots[slot] >>> Integer.SIZE) == hash
                    && Arrays.equals(data, start(place), ends[place], source, from, to)) {
                return place;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, 2 * size);
            rehash(2 * slots.length);
            return indexOf(source, from, to);
        }
        append(source, from, to);
        slots[slot] = ((long) hash << Integer.SIZE) | ++size;
        return size - 1;
    }

    /** Forgets entries from the end until so many remain; nothing is added afterwards. */
    void truncate(int newSize) {
        size = newSize;
        rehash(slots.length);
    }

    private void append(byte[] source, int from, int to) {
        int begin = bytes();
        int length = to - from;
        int end = Math.addExact(Math.addExact(begin, prefix), length);
        if (end > data.length) {
            data = Arrays.copyOf(data, Math.max(end, data.length + (data.length >> 1)));
        }
        if (prefix > 0) {
            INT.set(data, begin, length);
        }
        System.arraycopy(source, from, data, begin + prefix, length);
        ends[size] = end;
    }

    private int start(int place) {
        return (place == 0 ? 0 : ends[place - 1]) + prefix;
    }

    private void rehash(int length) {
        long[] before = slots;
        slots = new long[length];
        for (long entry : before) {
            if (entry != 0 && (int) entry <= size) {
                int slot = (int) (entry >>> Integer.SIZE) & (length - 1);
                while (slots[slot] != 0) {
                    slot = (slot + 1) & (length - 1);
                }
                slots[slot] = entry;
            }
        }
    }

    private static int hash(byte[] source, int from, int to) {
        long hash = (long) to - from;
        int i = from;
        for (; i + Long.BYTES <= to; i += Long.BYTES) {
            hash = mixed(hash ^ (long) LONG.get(source, i));
        }
        long rest = 0;
        for (; i < to; i++) {
            rest = (rest << Byte.SIZE) | (source[i] & 0xFF);
        }
        hash = mixed(hash ^ rest);
        return (int) (hash ^ (hash >>> 32));
    }

    private static long mixed(long value) {
        long product = value * MIX;
        return product ^ (product >>> 32);
    }
}
