package io.tidemark.parquet;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.schema.ColumnType;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/**
 * Hands rows of a vector to Parquet's column writer; null and unchanged rows become nulls. The loops are written once for a run of rows and for
 * picked rows ({@code rows} not null): the test of {@code rows} is the same in every turn, so the compiler takes it out of the loop.
 */
final class ColumnAppender {
    private final ParquetColumn column;
    private final int definition;
    private final long decimalLimit;
    private final int decimalBytes;

    ColumnAppender(ParquetColumn column) {
        this.column = column;
        this.definition = column.nullable() ? 1 : 0;
        ColumnType type = column.type();
        boolean isDecimal = type.kind() == ColumnType.Kind.DECIMAL;
        this.decimalLimit = isDecimal && !type.isWideDecimal() ? powerOfTen(type.precision()) : 0;
        this.decimalBytes = type.isWideDecimal() ? ParquetTypes.decimalBytes(type.precision()) : 0;
    }

    /** Writes rows {@code [from, to)}, or the rows that {@code rows[from]} to {@code rows[to - 1]} name. */
    void append(ColumnWriter writer, ColumnVector vector, int @Nullable [] rows, int from, int to) {
        switch (column.type().kind()) {
            case BOOLEAN -> booleans(writer, (BooleanVector) vector, rows, from, to);
            case INT32, DATE -> ints(writer, (IntVector) vector, rows, from, to);
            case INT64, TIME, TIMESTAMP, TIMESTAMP_TZ -> longs(writer, (LongVector) vector, rows, from, to);
            case FLOAT32 -> floats(writer, (FloatVector) vector, rows, from, to);
            case FLOAT64 -> doubles(writer, (DoubleVector) vector, rows, from, to);
            case STRING, BYTES, UUID -> bytes(writer, (BytesVector) vector, rows, from, to);
            case DECIMAL -> {
                if (vector instanceof BytesVector wide) {
                    wideDecimals(writer, wide, rows, from, to);
                } else {
                    decimals(writer, (LongVector) vector, rows, from, to);
                }
            }
            case LIST, STRUCT, MAP ->
                throw new IllegalArgumentException("Cannot write a nested column as one that is not");
        }
    }

    private void booleans(ColumnWriter writer, BooleanVector vector, int @Nullable [] rows, int from, int to) {
        for (int i = from; i < to; i++) {
            int row = rows == null ? i : rows[i];
            if (vector.isPresent(row)) {
                writer.write(vector.value(row), 0, definition);
            } else {
                writeNull(writer);
            }
        }
    }

    private void ints(ColumnWriter writer, IntVector vector, int @Nullable [] rows, int from, int to) {
        for (int i = from; i < to; i++) {
            int row = rows == null ? i : rows[i];
            if (vector.isPresent(row)) {
                writer.write(vector.value(row), 0, definition);
            } else {
                writeNull(writer);
            }
        }
    }

    private void longs(ColumnWriter writer, LongVector vector, int @Nullable [] rows, int from, int to) {
        for (int i = from; i < to; i++) {
            int row = rows == null ? i : rows[i];
            if (vector.isPresent(row)) {
                writer.write(vector.value(row), 0, definition);
            } else {
                writeNull(writer);
            }
        }
    }

    private void floats(ColumnWriter writer, FloatVector vector, int @Nullable [] rows, int from, int to) {
        for (int i = from; i < to; i++) {
            int row = rows == null ? i : rows[i];
            if (vector.isPresent(row)) {
                writer.write(vector.value(row), 0, definition);
            } else {
                writeNull(writer);
            }
        }
    }

    private void doubles(ColumnWriter writer, DoubleVector vector, int @Nullable [] rows, int from, int to) {
        for (int i = from; i < to; i++) {
            int row = rows == null ? i : rows[i];
            if (vector.isPresent(row)) {
                writer.write(vector.value(row), 0, definition);
            } else {
                writeNull(writer);
            }
        }
    }

    private void bytes(ColumnWriter writer, BytesVector vector, int @Nullable [] rows, int from, int to) {
        byte[] data = vector.data();
        for (int i = from; i < to; i++) {
            int row = rows == null ? i : rows[i];
            if (vector.isPresent(row)) {
                writer.write(binary(data, vector.start(row), vector.length(row)), 0, definition);
            } else {
                writeNull(writer);
            }
        }
    }

    /**
     * Parquet copies what it keeps of a reused array, for statistics and dictionary. Of large values that would be several times their size; their
     * array is not reused, see {@link BytesVector#KEPT_BYTES_MAX}.
     */
    private static Binary binary(byte[] data, int start, int length) {
        return length > BytesVector.KEPT_BYTES_MAX
                ? Binary.fromConstantByteArray(data, start, length)
                : Binary.fromReusedByteArray(data, start, length);
    }

    private void decimals(ColumnWriter writer, LongVector vector, int @Nullable [] rows, int from, int to) {
        boolean narrow = ParquetTypes.isInt32Decimal(column.type());
        for (int i = from; i < to; i++) {
            int row = rows == null ? i : rows[i];
            if (!vector.isPresent(row)) {
                writeNull(writer);
                continue;
            }
            long value = vector.value(row);
            if (value <= -decimalLimit || value >= decimalLimit) {
                throw tooManyDigits();
            }
            if (narrow) {
                writer.write((int) value, 0, definition);
            } else {
                writer.write(value, 0, definition);
            }
        }
    }

    private void wideDecimals(ColumnWriter writer, BytesVector vector, int @Nullable [] rows, int from, int to) {
        byte[] data = vector.data();
        int skipped = ParquetTypes.BYTES_16 - decimalBytes;
        for (int i = from; i < to; i++) {
            int row = rows == null ? i : rows[i];
            if (!vector.isPresent(row)) {
                writeNull(writer);
                continue;
            }
            int start = vector.start(row);
            if (vector.end(row) - start != ParquetTypes.BYTES_16) {
                throw new IllegalArgumentException("Cannot write column: a wide decimal takes 16 bytes (column="
                        + column.name() + ", bytes=" + (vector.end(row) - start) + ")");
            }
            byte sign = (byte) (data[start + skipped] >> 7);
            for (int b = start; b < start + skipped; b++) {
                if (data[b] != sign) {
                    throw tooManyDigits();
                }
            }
            writer.write(Binary.fromReusedByteArray(data, start + skipped, decimalBytes), 0, definition);
        }
    }

    private void writeNull(ColumnWriter writer) {
        if (definition == 0) {
            throw new IllegalArgumentException(
                    "Cannot write column: a row holds no value and the column is required (column=" + column.name()
                            + ")");
        }
        writer.writeNull(0, 0);
    }

    private IllegalArgumentException tooManyDigits() {
        return new IllegalArgumentException("Cannot write column: a value has more digits than the type (column="
                + column.name() + ", type=" + column.type() + ")");
    }

    private static long powerOfTen(int exponent) {
        long power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= 10;
        }
        return power;
    }
}
