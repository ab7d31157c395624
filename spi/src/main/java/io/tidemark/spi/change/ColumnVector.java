package io.tidemark.spi.change;

import io.tidemark.spi.schema.ColumnType;
import java.io.Serializable;

/**
 * The values of one column for the rows of a batch, appended one after the other. A value is present, null, or unchanged (the source did not
 * send it because the update did not touch it). Not thread-safe; one owner at a time.
 *
 * <p>Subclasses add {@code append(value)} and {@code value(row)} for their primitive; reading a null or unchanged row gives a default and
 * means nothing. Values of {@link ListVector} and {@link StructVector} are begun and then filled.
 */
public abstract sealed class ColumnVector implements Serializable
        permits BooleanVector, IntVector, LongVector, FloatVector, DoubleVector, BytesVector, ListVector, StructVector {
    private static final long serialVersionUID = 1L;

    private static final byte PRESENT = 0;
    private static final byte NULL = 1;
    private static final byte UNCHANGED = 2;

    private final ColumnType type;
    private byte[] states;
    private int size;
    private int nulls;
    private int unchanged;

    ColumnVector(ColumnType type, int capacity) {
        this.type = type;
        this.states = new byte[capacity];
    }

    /** An empty vector for the type. */
    public static ColumnVector of(ColumnType type, int capacity) {
        return switch (type.kind()) {
            case BOOLEAN -> new BooleanVector(type, capacity);
            case INT32, DATE -> new IntVector(type, capacity);
            case INT64, TIME, TIMESTAMP, TIMESTAMP_TZ -> new LongVector(type, capacity);
            case FLOAT32 -> new FloatVector(type, capacity);
            case FLOAT64 -> new DoubleVector(type, capacity);
            case DECIMAL -> type.isWideDecimal() ? new BytesVector(type, capacity) : new LongVector(type, capacity);
            case STRING, BYTES, UUID -> new BytesVector(type, capacity);
            case LIST, MAP -> new ListVector(type, capacity);
            case STRUCT -> new StructVector(type, capacity);
        };
    }

    public final ColumnType type() {
        return type;
    }

    /** Rows appended so far. */
    public final int size() {
        return size;
    }

    public final boolean isNull(int row) {
        return states[row] == NULL;
    }

    /** Whether the update left this value as it was before, so that it is not here. */
    public final boolean isUnchanged(int row) {
        return states[row] == UNCHANGED;
    }

    /** Whether the value is here: neither null nor unchanged. */
    public final boolean isPresent(int row) {
        return states[row] == PRESENT;
    }

    public final boolean hasNulls() {
        return nulls > 0;
    }

    public final boolean hasUnchanged() {
        return unchanged > 0;
    }

    public final void appendNull() {
        appendAbsent(NULL);
        nulls++;
    }

    public final void appendUnchanged() {
        appendAbsent(UNCHANGED);
        unchanged++;
    }

    /**
     * Turns a null row into an unchanged one, for readers that learn so after they have read the value.
     *
     * @throws IllegalStateException when the row is present: its value would be lost
     */
    public final void markUnchanged(int row) {
        if (states[row] == PRESENT) {
            throw new IllegalStateException("Cannot mark a row as unchanged: it holds a value (row=" + row + ")");
        }
        if (states[row] == NULL) {
            states[row] = UNCHANGED;
            nulls--;
            unchanged++;
        }
    }

    /** Appends the other vector's row, whatever its state; both must hold the same type. */
    public final void appendFrom(ColumnVector other, int row) {
        switch (other.states[row]) {
            case NULL -> appendNull();
            case UNCHANGED -> appendUnchanged();
            default -> appendValueFrom(other, row);
        }
    }

    /** Takes rows off the end until {@code newSize} remain. */
    public final void truncate(int newSize) {
        for (int row = newSize; row < size; row++) {
            if (states[row] == NULL) {
                nulls--;
            } else if (states[row] == UNCHANGED) {
                unchanged--;
            }
        }
        truncateValues(newSize);
        size = newSize;
    }

    /** Forgets all rows and keeps the memory, unless it is large. */
    public final void clear() {
        truncateValues(0);
        size = 0;
        nulls = 0;
        unchanged = 0;
    }

    /** Bytes that the appended values take, states included. */
    public abstract long byteSize();

    /** Whether two present values are the same, bit for bit. */
    public abstract boolean sameValue(int row, ColumnVector other, int otherRow);

    abstract void appendValueFrom(ColumnVector other, int row);

    /** Makes room for and fills the value of an absent row. */
    abstract void appendDefault(int row);

    /** Forgets values; {@link #size} is still the old one. */
    abstract void truncateValues(int newSize);

    /** Whether two values of nested ones are the same: both there and alike, or neither there. */
    final boolean sameItem(int row, ColumnVector other, int otherRow) {
        return states[row] == other.states[otherRow] && (states[row] != PRESENT || sameValue(row, other, otherRow));
    }

    final int nextRow() {
        if (size == states.length) {
            states = java.util.Arrays.copyOf(states, grow(states.length));
        }
        states[size] = PRESENT;
        return size++;
    }

    static int grow(int length) {
        return Math.max(16, length + (length >> 1));
    }

    private void appendAbsent(byte state) {
        int row = nextRow();
        appendDefault(row);
        states[row] = state;
    }
}
