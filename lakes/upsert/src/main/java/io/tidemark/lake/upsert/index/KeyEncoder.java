package io.tidemark.lake.upsert.index;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.ListVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.StructVector;
import io.tidemark.spi.schema.ColumnType;
import java.util.List;

/**
 * Turns column values into bytes that are equal exactly when the values are and that sort like them. Floating point values are told apart by
 * their bits, as the source does (a key that changes from -0 to 0 arrives as a key change); all NaN are one.
 *
 * <p>A key starts with {@link #ENTRY}, the name space of entries in the index.
 */
public final class KeyEncoder {
    /** First byte of every key. */
    static final byte ENTRY = 1;

    private static final int SIGN32 = 0x8000_0000;
    private static final long SIGN64 = 0x8000_0000_0000_0000L;

    private final int[] columns;
    private final boolean isNullable;
    private final KeyBuffer buffer = new KeyBuffer();

    private KeyEncoder(int[] columns, boolean isNullable) {
        this.columns = columns;
        this.isNullable = isNullable;
    }

    /** Encodes these columns, none of which may be null. */
    public static KeyEncoder ofKey(int[] columns) {
        return new KeyEncoder(columns.clone(), false);
    }

    /** Encodes the first so many columns, which may be null: whole rows. */
    public static KeyEncoder ofRow(int columnCount) {
        return new KeyEncoder(java.util.stream.IntStream.range(0, columnCount).toArray(), true);
    }

    /**
     * Encodes one row.
     *
     * @return the key, valid until the next call
     * @throws NullKeyException when a key column has no value
     */
    public KeyBuffer encode(List<? extends ColumnVector> vectors, int row) {
        buffer.reset();
        buffer.putByte(ENTRY);
        for (int i = 0; i < columns.length; i++) {
            ColumnVector vector = vectors.get(columns[i]);
            if (isNullable) {
                buffer.putByte(vector.isPresent(row) ? 1 : 0);
            }
            if (vector.isPresent(row)) {
                put(vector, row, i == columns.length - 1);
            } else if (!isNullable) {
                throw new NullKeyException(columns[i]);
            }
        }
        return buffer;
    }

    private void put(ColumnVector vector, int row, boolean isLast) {
        if (vector instanceof LongVector values) {
            buffer.putLong(values.value(row) ^ SIGN64);
        } else if (vector instanceof IntVector values) {
            buffer.putInt(values.value(row) ^ SIGN32);
        } else if (vector instanceof BytesVector values) {
            putBytes(values, row, isLast);
        } else if (vector instanceof BooleanVector values) {
            buffer.putByte(values.value(row) ? 1 : 0);
        } else if (vector instanceof DoubleVector values) {
            long bits = Double.doubleToLongBits(values.value(row));
            buffer.putLong(bits < 0 ? ~bits : bits ^ SIGN64);
        } else if (vector instanceof FloatVector values) {
            int bits = Float.floatToIntBits(values.value(row));
            buffer.putInt(bits < 0 ? ~bits : bits ^ SIGN32);
        } else if (vector instanceof ListVector values) {
            buffer.putInt(values.length(row));
            for (int i = values.start(row); i < values.end(row); i++) {
                putItem(values.element(), i);
            }
        } else if (vector instanceof StructVector values) {
            for (ColumnVector field : values.fields()) {
                putItem(field, row);
            }
        }
    }

    /** Parts of nested values may be null; these are in no key, so that their order is of no concern. */
    private void putItem(ColumnVector vector, int row) {
        buffer.putByte(vector.isPresent(row) ? 1 : 0);
        if (vector.isPresent(row)) {
            put(vector, row, false);
        }
    }

    private void putBytes(BytesVector values, int row, boolean isLast) {
        int start = values.start(row);
        int end = values.end(row);
        if (values.type().isWideDecimal()) {
            int at = buffer.length();
            buffer.putBytes(values.data(), start, end);
            buffer.data()[at] ^= (byte) 0x80;
        } else if (values.type().kind() == ColumnType.Kind.UUID || isLast) {
            buffer.putBytes(values.data(), start, end);
        } else {
            buffer.putTerminated(values.data(), start, end);
        }
    }

    /** A key column holds no value. */
    public static final class NullKeyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int column;

        NullKeyException(int column) {
            super("a key column is null");
            this.column = column;
        }

        /** Place of the column in the row schema. */
        public int column() {
            return column;
        }
    }
}
