package io.tidemark.lake.upsert.index;

import java.util.Arrays;

/** One key in the making. Reused from row to row. */
public final class KeyBuffer {
    private byte[] data = new byte[128];
    private int length;

    public byte[] data() {
        return data;
    }

    public int length() {
        return length;
    }

    void reset() {
        length = 0;
    }

    void putByte(int value) {
        reserve(1);
        data[length++] = (byte) value;
    }

    void putInt(int value) {
        reserve(Integer.BYTES);
        for (int shift = 24; shift >= 0; shift -= 8) {
            data[length++] = (byte) (value >>> shift);
        }
    }

    void putLong(long value) {
        reserve(Long.BYTES);
        for (int shift = 56; shift >= 0; shift -= 8) {
            data[length++] = (byte) (value >>> shift);
        }
    }

    void putBytes(byte[] source, int from, int to) {
        reserve(to - from);
        System.arraycopy(source, from, data, length, to - from);
        length += to - from;
    }

    /** Bytes in a form that ends by itself and keeps their order: zeros are escaped, two zeros end. */
    void putTerminated(byte[] source, int from, int to) {
        reserve(2 * (to - from) + 2);
        for (int i = from; i < to; i++) {
            byte value = source[i];
            data[length++] = value;
            if (value == 0) {
                data[length++] = (byte) 0xFF;
            }
        }
        data[length++] = 0;
        data[length++] = 0;
    }

    private void reserve(int more) {
        if (length + more > data.length) {
            data = Arrays.copyOf(data, Math.max(length + more, data.length * 2));
        }
    }
}
