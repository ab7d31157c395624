package io.tidemark.workload.bank;

import java.sql.SQLException;
import java.util.Arrays;
import org.postgresql.copy.CopyIn;

/**
 * Writes rows in the binary form of Postgres' COPY: each field is its length and its bytes in the type's own send format, big-endian
 * (PostgreSQL documentation, COPY, section "Binary Format").
 */
final class CopyEncoder {
    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };
    private static final int FLUSH_BYTES = 1 << 16;
    private static final long POSTGRES_EPOCH_MICROS = 946_684_800_000_000L;
    private static final int POSTGRES_EPOCH_DAYS = 10_957;
    private static final int NUMERIC_BASE = 10_000;
    private static final int NUMERIC_NEGATIVE = 0x4000;
    private static final int CENTS = 100;
    private static final int NUMERIC_GROUPS_MAX = 6;

    private final CopyIn copy;
    private final int[] groups = new int[NUMERIC_GROUPS_MAX];
    private byte[] buffer = new byte[FLUSH_BYTES * 2];
    private int size;

    CopyEncoder(CopyIn copy) {
        this.copy = copy;
        System.arraycopy(HEADER, 0, buffer, 0, HEADER.length);
        size = HEADER.length;
    }

    /** Starts a row, which then needs exactly this many fields. */
    void row(int fields) throws SQLException {
        if (size >= FLUSH_BYTES) {
            flush();
        }
        reserve(2);
        putShort(fields);
    }

    void nullField() {
        reserve(4);
        putInt(-1);
    }

    void int64(long value) {
        reserve(12);
        putInt(8);
        putLong(value);
    }

    void bool(boolean value) {
        reserve(5);
        putInt(1);
        buffer[size++] = (byte) (value ? 1 : 0);
    }

    /** Microseconds since 1970-01-01T00:00:00Z. */
    void timestamp(long epochMicros) {
        int64(epochMicros - POSTGRES_EPOCH_MICROS);
    }

    /** Days since 1970-01-01. */
    void date(int epochDays) {
        reserve(8);
        putInt(4);
        putInt(epochDays - POSTGRES_EPOCH_DAYS);
    }

    void text(byte[] utf8) {
        reserve(4 + utf8.length);
        putInt(utf8.length);
        put(utf8);
    }

    void jsonb(byte[] utf8) {
        reserve(5 + utf8.length);
        putInt(1 + utf8.length);
        // The version of the binary form; the JSON text follows.
        buffer[size++] = 1;
        put(utf8);
    }

    /** A numeric with two digits after the point, as groups of four decimal digits around it. */
    void numericOfCents(long cents) {
        long magnitude = Math.abs(cents);
        long whole = magnitude / CENTS;
        int count = 0;
        for (long rest = whole; rest > 0; rest /= NUMERIC_BASE) {
            groups[count++] = (int) (rest % NUMERIC_BASE);
        }
        int fraction = (int) (magnitude % CENTS) * CENTS;
        int digits = count + (fraction == 0 ? 0 : 1);
        reserve(12 + 2 * digits);
        putInt(8 + 2 * digits);
        putShort(digits);
        putShort(count - 1);
        putShort(cents < 0 ? NUMERIC_NEGATIVE : 0);
        putShort(2);
        for (int i = count - 1; i >= 0; i--) {
            putShort(groups[i]);
        }
        if (fraction != 0) {
            putShort(fraction);
        }
    }

    /** Ends the data; returns the rows that the server took. */
    long finish() throws SQLException {
        reserve(2);
        putShort(-1);
        flush();
        return copy.endCopy();
    }

    private void flush() throws SQLException {
        copy.writeToCopy(buffer, 0, size);
        size = 0;
    }

    private void reserve(int bytes) {
        if (buffer.length - size < bytes) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + bytes));
        }
    }

    private void put(byte[] bytes) {
        System.arraycopy(bytes, 0, buffer, size, bytes.length);
        size += bytes.length;
    }

    private void putShort(int value) {
        buffer[size++] = (byte) (value >>> 8);
        buffer[size++] = (byte) value;
    }

    private void putInt(int value) {
        putShort(value >>> 16);
        putShort(value);
    }

    private void putLong(long value) {
        putInt((int) (value >>> 32));
        putInt((int) value);
    }
}
