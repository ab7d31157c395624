package io.tidemark.spi.change;

import io.tidemark.spi.schema.ColumnType;
import java.util.Arrays;

/**
 * Column of lists: the elements of all rows one after the other in one vector. To append a list, {@link #begin} it, then append its elements, each
 * present or null, to {@link #element}; it is complete when the next row begins or nothing more comes. A map is a list of its entries in the order of
 * their keys, as {@link MapEntries} has them.
 */
public final class ListVector extends ColumnVector {
    private static final long serialVersionUID = 1L;

    private final ColumnVector element;
    private int[] starts;

    ListVector(ColumnType type, int capacity) {
        super(type, capacity);
        this.element = ColumnVector.of(type.element(), capacity);
        this.starts = new int[capacity];
    }

    /** The elements of all rows; those of row {@code r} are {@code [start(r), end(r))}. */
    public ColumnVector element() {
        return element;
    }

    public int start(int row) {
        return starts[row];
    }

    public int end(int row) {
        return row + 1 < size() ? starts[row + 1] : element.size();
    }

    /** Elements of the row; 0 also when it has no value. */
    public int length(int row) {
        return end(row) - start(row);
    }

    /** Begins a list, empty until elements are appended. */
    public void begin() {
        appendDefault(nextRow());
    }

    @Override
    public long byteSize() {
        return 5L * size() + element.byteSize();
    }

    @Override
    public boolean sameValue(int row, ColumnVector other, int otherRow) {
        ListVector theirs = (ListVector) other;
        int length = length(row);
        if (theirs.length(otherRow) != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (!element.sameItem(start(row) + i, theirs.element, theirs.start(otherRow) + i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    void appendValueFrom(ColumnVector other, int row) {
        ListVector from = (ListVector) other;
        int start = from.start(row);
        int end = from.end(row);
        begin();
        for (int i = start; i < end; i++) {
            element.appendFrom(from.element, i);
        }
    }

    @Override
    void appendDefault(int row) {
        if (row == starts.length) {
            starts = Arrays.copyOf(starts, grow(starts.length));
        }
        starts[row] = element.size();
    }

    @Override
    void truncateValues(int newSize) {
        if (newSize < size()) {
            element.truncate(starts[newSize]);
        }
    }
}
