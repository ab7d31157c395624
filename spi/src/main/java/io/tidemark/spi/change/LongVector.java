package io.tidemark.spi.change;

import io.tidemark.spi.schema.ColumnType;
import java.util.Arrays;

/** Column of 64-bit integers, microseconds, or unscaled decimals. */
public final class LongVector extends ColumnVector {
    private static final long serialVersionUID = 1L;

    private long[] values;

    LongVector(ColumnType type, int capacity) {
        super(type, capacity);
        this.values = new long[capacity];
    }

    public long value(int row) {
        return values[row];
    }

    public void append(long value) {
        int row = nextRow();
        reserve(row);
        values[row] = value;
    }

    /** The values themselves, for loops over columns; only the first {@link #size()} mean something. */
    public long[] values() {
        return values;
    }

    @Override
    public long byteSize() {
        return (long) size() * 9;
    }

    @Override
    public boolean sameValue(int row, ColumnVector other, int otherRow) {
        return values[row] == ((LongVector) other).values[otherRow];
    }

    @Override
    void appendValueFrom(ColumnVector other, int row) {
        append(((LongVector) other).values[row]);
    }

    @Override
    void appendDefault(int row) {
        reserve(row);
        values[row] = 0L;
    }

    @Override
    void truncateValues(int newSize) {
        // The size alone says which values count.
    }

    private void reserve(int row) {
        if (row == values.length) {
            values = Arrays.copyOf(values, grow(values.length));
        }
    }
}
