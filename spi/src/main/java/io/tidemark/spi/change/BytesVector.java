package io.tidemark.spi.change;

import io.tidemark.spi.schema.ColumnType;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Column of byte ranges in one array: UTF-8 text, bytes, UUIDs, wide decimals. */
public final class BytesVector extends ColumnVector {
    private static final long serialVersionUID = 1L;

    /**
     * More memory than this is not kept by {@link #clear}: the array is given up as it is, so that whoever still refers to a large value in it goes
     * on reading that value.
     */
    public static final int KEPT_BYTES_MAX = 16 << 20;

    private static final int WIDE_DECIMAL_BYTES = 16;
    private static final int FRESH_BYTES = 1 << 16;

    private byte[] data;
    private int[] ends;

    BytesVector(ColumnType type, int capacity) {
        super(type, capacity);
        this.data = new byte[Math.max(16, capacity * 8)];
        this.ends = new int[capacity];
    }

    /** All values one after the other; row {@code r} is {@code [start(r), end(r))}. */
    public byte[] data() {
        return data;
    }

    public int start(int row) {
        return row == 0 ? 0 : ends[row - 1];
    }

    public int end(int row) {
        return ends[row];
    }

    public int length(int row) {
        return end(row) - start(row);
    }

    /** A copy of the value. */
    public byte[] bytes(int row) {
        return Arrays.copyOfRange(data, start(row), end(row));
    }

    /** The value as UTF-8 text. */
    public String text(int row) {
        return new String(data, start(row), length(row), StandardCharsets.UTF_8);
    }

    public void append(byte[] source, int offset, int length) {
        int row = nextRow();
        int start = room(row, length);
        System.arraycopy(source, offset, data, start, length);
        ends[row] = start + length;
    }

    public void append(byte[] value) {
        append(value, 0, value.length);
    }

    public void append(String text) {
        append(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Appends a wide decimal: its unscaled value in two's complement, filled up to {@value #WIDE_DECIMAL_BYTES} bytes. */
    public void append(BigInteger unscaled) {
        byte[] bytes = unscaled.toByteArray();
        int fill = WIDE_DECIMAL_BYTES - bytes.length;
        int start = appendReserved(WIDE_DECIMAL_BYTES);
        Arrays.fill(data, start, start + fill, (byte) (unscaled.signum() < 0 ? -1 : 0));
        System.arraycopy(bytes, 0, data, start + fill, bytes.length);
    }

    /**
     * Appends a value of {@code length} bytes that the caller fills.
     *
     * @return offset in {@link #data()} at which the value starts; fetch {@code data()} after this call, it may have moved
     */
    public int appendReserved(int length) {
        int row = nextRow();
        int start = room(row, length);
        ends[row] = start + length;
        return start;
    }

    @Override
    public long byteSize() {
        return size() == 0 ? 0 : (long) ends[size() - 1] + 5L * size();
    }

    @Override
    public boolean sameValue(int row, ColumnVector other, int otherRow) {
        BytesVector theirs = (BytesVector) other;
        return Arrays.equals(data, start(row), end(row), theirs.data, theirs.start(otherRow), theirs.end(otherRow));
    }

    @Override
    void appendValueFrom(ColumnVector other, int row) {
        BytesVector from = (BytesVector) other;
        append(from.data, from.start(row), from.length(row));
    }

    @Override
    void appendDefault(int row) {
        reserve(row);
        ends[row] = start(row);
    }

    @Override
    void truncateValues(int newSize) {
        // The ends of the rows that remain say which bytes count.
        if (newSize == 0 && data.length > KEPT_BYTES_MAX) {
            data = new byte[FRESH_BYTES];
        }
    }

    private void reserve(int row) {
        if (row == ends.length) {
            ends = Arrays.copyOf(ends, grow(ends.length));
        }
    }

    private int room(int row, int length) {
        reserve(row);
        int start = start(row);
        long needed = (long) start + length;
        if (needed > data.length) {
            if (needed > Integer.MAX_VALUE - 16) {
                throw new IllegalStateException(
                        "Cannot append to a column of a batch: it would pass 2 GiB (bytes=" + needed + ")");
            }
            long grown = Math.max(needed, data.length + (data.length >> 1));
            data = Arrays.copyOf(data, (int) Math.min(grown, Integer.MAX_VALUE - 16));
        }
        return start;
    }
}
