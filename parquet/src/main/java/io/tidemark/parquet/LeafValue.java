package io.tidemark.parquet;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.schema.ColumnType;
import java.math.BigInteger;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;

/** Hands single values inside nested ones to Parquet's column writer. */
final class LeafValue {
    private final String column;
    private final ColumnType type;
    private final long decimalLimit;
    private final int decimalBytes;

    LeafValue(String column, ColumnType type) {
        this.column = column;
        this.type = type;
        boolean isDecimal = type.kind() == ColumnType.Kind.DECIMAL;
        this.decimalLimit = isDecimal && !type.isWideDecimal()
                ? BigInteger.TEN.pow(type.precision()).longValueExact()
                : 0;
        this.decimalBytes = type.isWideDecimal() ? ParquetTypes.decimalBytes(type.precision()) : 0;
    }

    void append(ColumnWriter writer, ColumnVector vector, int row, int repetition, int definition) {
        switch (type.kind()) {
            case BOOLEAN -> writer.write(((BooleanVector) vector).value(row), repetition, definition);
            case INT32, DATE -> writer.write(((IntVector) vector).value(row), repetition, definition);
            case INT64, TIME, TIMESTAMP, TIMESTAMP_TZ ->
                writer.write(((LongVector) vector).value(row), repetition, definition);
            case FLOAT32 -> writer.write(((FloatVector) vector).value(row), repetition, definition);
            case FLOAT64 -> writer.write(((DoubleVector) vector).value(row), repetition, definition);
            case STRING, BYTES, UUID -> {
                BytesVector bytes = (BytesVector) vector;
                Binary value = Binary.fromReusedByteArray(bytes.data(), bytes.start(row), bytes.length(row));
                writer.write(value, repetition, definition);
            }
            case DECIMAL -> {
                if (vector instanceof BytesVector wide) {
                    writer.write(wide(wide, row), repetition, definition);
                } else {
                    decimal(writer, ((LongVector) vector).value(row), repetition, definition);
                }
            }
            case LIST, STRUCT, MAP ->
                throw new IllegalArgumentException("Cannot write a nested value as one that is not");
        }
    }

    private void decimal(ColumnWriter writer, long value, int repetition, int definition) {
        if (value <= -decimalLimit || value >= decimalLimit) {
            throw tooManyDigits();
        }
        if (ParquetTypes.isInt32Decimal(type)) {
            writer.write((int) value, repetition, definition);
        } else {
            writer.write(value, repetition, definition);
        }
    }

    private Binary wide(BytesVector vector, int row) {
        byte[] data = vector.data();
        int start = vector.start(row);
        if (vector.length(row) != ParquetTypes.BYTES_16) {
            throw new IllegalArgumentException("Cannot write column: a wide decimal takes 16 bytes (column=" + column
                    + ", bytes=" + vector.length(row) + ")");
        }
        int skipped = ParquetTypes.BYTES_16 - decimalBytes;
        byte sign = (byte) (data[start + skipped] >> 7);
        for (int b = start; b < start + skipped; b++) {
            if (data[b] != sign) {
                throw tooManyDigits();
            }
        }
        return Binary.fromReusedByteArray(data, start + skipped, decimalBytes);
    }

    private IllegalArgumentException tooManyDigits() {
        return new IllegalArgumentException("Cannot write column: a value has more digits than the type (column="
                + column + ", type=" + type + ")");
    }
}
