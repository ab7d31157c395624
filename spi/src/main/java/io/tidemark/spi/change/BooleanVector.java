package io.tidemark.spi.change;

import io.tidemark.spi.schema.ColumnType;
import java.util.Arrays;

/** Column of booleans. */
public final class BooleanVector extends ColumnVector {
    private static final long serialVersionUID = 1L;

    private boolean[] values;

    BooleanVector(ColumnType type, int capacity) {
        super(type, capacity);
        this.values = new boolean[capacity];
    }

    public boolean value(int row) {
        return values[row];
    }

    public void append(boolean value) {
        int row = nextRow();
        reserve(row);
        values[row] = value;
    }

    /** The values themselves, for loops over columns; only the first {@link #size()} mean something. */
    public boolean[] values() {
        return values;
    }

    @Override
    public long byteSize() {
        return (long) size() * 2;
    }

    @Override
    public boolean sameValue(int row, ColumnVector other, int otherRow) {
        return values[row] == ((BooleanVector) other).values[otherRow];
    }

    @Override
    void appendValueFrom(ColumnVector other, int row) {
        append(((BooleanVector) other).values[row]);
    }

    @Override
    void appendDefault(int row) {
        reserve(row);
        values[row] = false;
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
