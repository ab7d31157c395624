package io.tidemark.spi.change;

import io.tidemark.spi.schema.ColumnType;
import java.util.Arrays;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * Column of lists: the elements of all rows one after the other in one vector. To append a list, {@link #begin} it, then append its elements, each
 * present or null, to {@link #element}; it is complete when the next row begins or nothing more comes.
 *
 * <p>A column of maps is one of lists of their entries, each a struct of key and value that is never null. {@link #appendMap} puts them in order; who appends
 * entries one by one sees to it.
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

    /**
     * Appends a map: its entries in the order of their keys' UTF-8 bytes.
     *
     * @param entries values by keys, which are taken as their texts
     * @param appendValue appends a value, present or null, to the vector of the values
     */
    public <V> void appendMap(Map<?, V> entries, BiConsumer<ColumnVector, ? super V> appendValue) {
        begin();
        StructVector entry = (StructVector) element;
        entries.forEach((key, value) -> {
            entry.begin();
            ((BytesVector) entry.field(0)).append(key.toString());
            appendValue.accept(entry.field(1), value);
        });
        orderEntries();
    }

    /** Puts the entries of the last row, a map that is complete, in the order of their keys' UTF-8 bytes. */
    public void orderEntries() {
        int start = starts[size() - 1];
        int end = element.size();
        BytesVector keys = (BytesVector) ((StructVector) element).field(0);
        int ordered = start + 1;
        while (ordered < end && compare(keys, ordered - 1, ordered) < 0) {
            ordered++;
        }
        if (ordered < end) {
            ColumnVector copy = ColumnVector.of(element.type(), end - start);
            IntStream.range(start, end)
                    .boxed()
                    .sorted((one, other) -> compare(keys, one, other))
                    .forEach(entry -> copy.appendFrom(element, entry));
            element.truncate(start);
            for (int i = 0; i < copy.size(); i++) {
                element.appendFrom(copy, i);
            }
        }
    }

    private static int compare(BytesVector keys, int one, int other) {
        int first = keys.start(one);
        int second = keys.start(other);
        return Arrays.compareUnsigned(
                keys.data(), first, first + keys.length(one), keys.data(), second, second + keys.length(other));
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
