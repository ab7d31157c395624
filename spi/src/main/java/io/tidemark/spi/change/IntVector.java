package io.tidemark.spi.change;

import io.tidemark.spi.schema.ColumnType;
import java.util.Arrays;

/** Column of 32-bit integers, or days since 1970-01-01. */
public final class IntVector extends ColumnVector {
    private static final long serialVersionUID = 1L;

    private int[] values;

    IntVector(ColumnType type, int capacity) {
        super(type, capacity);
        this.values = new int[capacity];
    }

    public int value(int row) {
        return values[row];
    }

    public void append(int value) {
        int row = nextRow();
        reserve(row);
        values[row] = value;
    }

    /** The values themselves, for loops over columns; only the first {@link #size()} mean something. */
    public int[] values() {
        return values;
    }

    @Override
    public long byteSize() {
        return (long) size() * 5;
    }

    @Override
    public boolean sameValue(int row, ColumnVector other, int otherRow) {
        return values[row] == ((IntVector) other).values[otherRow];
    }

    @Override
    void appendValueFrom(ColumnVector other, int row) {
        append(((IntVector) other).values[row]);
    }

    @Override
    void appendDefault(int row) {
        reserve(row);
        values[row] = 0;
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
