package io.tidemark.source.postgres.type;

import java.util.Arrays;

/** Growing UTF-8 text that text forms write to; reused from value to value. */
final class TextOut {
    private static final byte[] DIGITS = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    /** A buffer that one huge value grew is given up before the next value. */
    private static final long GROWTH_BYTES_MAX = 64L << 20;

    private static final int KEPT_BYTES_MAX = 1 << 20;

    private byte[] bytes = new byte[64];
    private int size;

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
        if (bytes.length > KEPT_BYTES_MAX) {
            bytes = new byte[64];
        }
    }

    TextOut put(char ascii) {
        reserve(1);
        bytes[size++] = (byte) ascii;
        return this;
    }

    /** A byte of UTF-8 text. */
    TextOut putByte(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
        return this;
    }

    TextOut put(String ascii) {
        reserve(ascii.length());
        for (int i = 0; i < ascii.length(); i++) {
            bytes[size++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    TextOut put(byte[] source, int offset, int length) {
        reserve(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
        return this;
    }

    TextOut putLong(long value) {
        return put(Long.toString(value));
    }

    /** At least {@code width} digits, zeros in front; the value is not negative. */
    TextOut putPadded(long value, int width) {
        String digits = Long.toString(value);
        for (int i = digits.length(); i < width; i++) {
            put('0');
        }
        return put(digits);
    }

    TextOut putHexByte(int value) {
        reserve(2);
        bytes[size++] = DIGITS[(value >> 4) & 15];
        bytes[size++] = DIGITS[value & 15];
        return this;
    }

    TextOut putHex(byte[] source, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            putHexByte(source[i]);
        }
        return this;
    }

    /**
     * Puts what was written from {@code start} on into double quotes, with {@code \} and {@code "} escaped: by a backslash, or each by itself.
     */
    void quoteFrom(int start, boolean escapesByBackslash) {
        int end = size;
        int escapes = 0;
        for (int i = start; i < end; i++) {
            if (isEscaped(bytes[i])) {
                escapes++;
            }
        }
        reserve(escapes + 2);
        size = end + escapes + 2;
        int to = size;
        bytes[--to] = '"';
        for (int from = end - 1; from >= start; from--) {
            byte value = bytes[from];
            bytes[--to] = value;
            if (isEscaped(value)) {
                bytes[--to] = escapesByBackslash ? (byte) '\\' : value;
            }
        }
        bytes[--to] = '"';
    }

    private static boolean isEscaped(byte value) {
        return value == '"' || value == '\\';
    }

    private void reserve(int more) {
        long needed = (long) size + more;
        if (needed > bytes.length) {
            if (needed > Integer.MAX_VALUE - 16) {
                throw ValueErrors.unrepresentable("its text would pass 2 GiB (bytes=" + needed + ")");
            }
            long grown = bytes.length + Math.min(bytes.length, GROWTH_BYTES_MAX);
            bytes = Arrays.copyOf(bytes, (int) Math.min(Math.max(needed, grown), Integer.MAX_VALUE - 16));
        }
    }
}
