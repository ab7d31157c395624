package io.tidemark.spi.change;

import io.tidemark.spi.schema.ColumnType;
import java.util.Arrays;

/** Column of single precision numbers. */
public final class FloatVector extends ColumnVector {
    private static final long serialVersionUID = 1L;

    private float[] values;

    FloatVector(ColumnType type, int capacity) {
        super(type, capacity);
        this.values = new float[capacity];
    }

    public float value(int row) {
        return values[row];
    }

    public void append(float value) {
        int row = nextRow();
        reserve(row);
        values[row] = value;
    }

    /** The values themselves, for loops over columns; only the first {@link #size()} mean something. */
    public float[] values() {
        return values;
    }

    @Override
    public long byteSize() {
        return (long) size() * 5;
    }

    @Override
    public boolean sameValue(int row, ColumnVector other, int otherRow) {
        return Float.floatToRawIntBits(values[row]) == Float.floatToRawIntBits(((FloatVector) other).values[otherRow]);
    }

    @Override
    void appendValueFrom(ColumnVector other, int row) {
        append(((FloatVector) other).values[row]);
    }

    @Override
    void appendDefault(int row) {
        reserve(row);
        values[row] = 0f;
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
