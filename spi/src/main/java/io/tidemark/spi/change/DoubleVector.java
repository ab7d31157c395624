package io.tidemark.spi.change;

import io.tidemark.spi.schema.ColumnType;
import java.util.Arrays;

/** Column of double precision numbers. */
public final class DoubleVector extends ColumnVector {
    private static final long serialVersionUID = 1L;

    private double[] values;

    DoubleVector(ColumnType type, int capacity) {
        super(type, capacity);
        this.values = new double[capacity];
    }

    public double value(int row) {
        return values[row];
    }

    public void append(double value) {
        int row = nextRow();
        reserve(row);
        values[row] = value;
    }

    /** The values themselves, for loops over columns; only the first {@link #size()} mean something. */
    public double[] values() {
        return values;
    }

    @Override
    public long byteSize() {
        return (long) size() * 9;
    }

    @Override
    public boolean sameValue(int row, ColumnVector other, int otherRow) {
        return Double.doubleToRawLongBits(values[row])
                == Double.doubleToRawLongBits(((DoubleVector) other).values[otherRow]);
    }

    @Override
    void appendValueFrom(ColumnVector other, int row) {
        append(((DoubleVector) other).values[row]);
    }

    @Override
    void appendDefault(int row) {
        reserve(row);
        values[row] = 0d;
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
