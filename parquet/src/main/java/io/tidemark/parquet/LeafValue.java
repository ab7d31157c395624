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

/** Hands single values inside nested ones to Parquet's column writer. */
final class LeafValue {
    private final ColumnType type;
    private final DecimalDigits digits;

    LeafValue(String column, ColumnType type) {
        this.type = type;
        this.digits = new DecimalDigits(column, type);
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
        digits.require(value);
        if (ParquetTypes.isInt32Decimal(type)) {
            writer.write((int) value, repetition, definition);
        } else {
            writer.write(value, repetition, definition);
        }
    }

    private Binary wide(BytesVector vector, int row) {
        return Binary.fromReusedByteArray(vector.data(), digits.wideStart(vector, row), digits.wideBytes());
    }
}
