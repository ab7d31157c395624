package io.tidemark.parquet;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.schema.ColumnType;
import java.io.IOException;
import java.util.Arrays;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/**
 * Moves values of a column in the file into a vector. Files of other writers may hold a type in another form (a decimal as bytes, an int where
 * a long is wanted after a schema change); every widening that loses nothing is made here, everything else is refused.
 */
interface ColumnFill {
    /** Moves {@code count} values of the reader to the end of the vector. */
    void fill(ColumnReader reader, int definitionMax, ColumnVector into, int count);

    /**
     * The way from this form in the file to this type.
     *
     * @throws IOException when the file's form cannot hold the type
     */
    static ColumnFill of(ParquetColumn column, PrimitiveType form) throws IOException {
        ColumnType type = column.type();
        PrimitiveTypeName physical = form.getPrimitiveTypeName();
        LogicalTypeAnnotation logical = form.getLogicalTypeAnnotation();
        boolean bare = logical == null;
        boolean isInt = physical == PrimitiveTypeName.INT32 && isSignedInteger(logical, 32);
        boolean isLong = physical == PrimitiveTypeName.INT64 && isSignedInteger(logical, 64);
        @Nullable
        ColumnFill fill = switch (type.kind()) {
            case BOOLEAN -> physical == PrimitiveTypeName.BOOLEAN ? ColumnFill::booleans : null;
            case INT32 -> isInt ? ColumnFill::ints : null;
            case INT64 -> isLong ? longs(1) : isInt ? ColumnFill::intsAsLongs : null;
            case FLOAT32 -> physical == PrimitiveTypeName.FLOAT && bare ? ColumnFill::floats : null;
            case FLOAT64 ->
                !bare
                        ? null
                        : physical == PrimitiveTypeName.DOUBLE
                                ? ColumnFill::doubles
                                : physical == PrimitiveTypeName.FLOAT ? ColumnFill::floatsAsDoubles : null;
            case DATE ->
                physical == PrimitiveTypeName.INT32
                                && LogicalTypeAnnotation.dateType().equals(logical)
                        ? ColumnFill::ints
                        : null;
            case TIME -> logical instanceof TimeLogicalTypeAnnotation time ? times(time.getUnit()) : null;
            case TIMESTAMP, TIMESTAMP_TZ ->
                logical instanceof TimestampLogicalTypeAnnotation timestamp
                                && timestamp.isAdjustedToUTC() == (type.kind() == ColumnType.Kind.TIMESTAMP_TZ)
                        ? times(timestamp.getUnit())
                        : null;
            case STRING -> physical == PrimitiveTypeName.BINARY && isText(logical) ? ColumnFill::bytes : null;
            case BYTES -> isBinary(physical) && (bare || isText(logical)) ? ColumnFill::bytes : null;
            case UUID ->
                physical == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY
                                && form.getTypeLength() == ParquetTypes.BYTES_16
                                && (bare || logical.equals(LogicalTypeAnnotation.uuidType()))
                        ? ColumnFill::bytes
                        : null;
            case DECIMAL ->
                logical instanceof DecimalLogicalTypeAnnotation decimal
                                && decimal.getScale() == type.scale()
                                && decimal.getPrecision() <= type.precision()
                        ? decimals(type, physical)
                        : null;
            case LIST, STRUCT, MAP -> null;
        };
        if (fill == null) {
            throw new IOException("Cannot read column: the file's type does not fit (column=" + column.name()
                    + ", wanted=" + type + ", file=" + form + ")");
        }
        return fill;
    }

    private static boolean isSignedInteger(@Nullable LogicalTypeAnnotation logical, int bits) {
        return logical == null
                || (logical instanceof IntLogicalTypeAnnotation integer
                        && integer.isSigned()
                        && integer.getBitWidth() <= bits);
    }

    private static boolean isText(@Nullable LogicalTypeAnnotation logical) {
        return logical == null
                || logical.equals(LogicalTypeAnnotation.stringType())
                || logical.equals(LogicalTypeAnnotation.enumType())
                || logical.equals(LogicalTypeAnnotation.jsonType());
    }

    private static boolean isBinary(PrimitiveTypeName physical) {
        return physical == PrimitiveTypeName.BINARY || physical == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
    }

    private static @Nullable ColumnFill times(TimeUnit unit) {
        return switch (unit) {
            case MICROS -> longs(1);
            case MILLIS -> longs(1000);
            case NANOS -> null;
        };
    }

    private static void booleans(ColumnReader reader, int definitionMax, ColumnVector into, int count) {
        BooleanVector vector = (BooleanVector) into;
        for (int i = 0; i < count; i++) {
            if (reader.getCurrentDefinitionLevel() == definitionMax) {
                vector.append(reader.getBoolean());
            } else {
                vector.appendNull();
            }
            reader.consume();
        }
    }

    private static void ints(ColumnReader reader, int definitionMax, ColumnVector into, int count) {
        IntVector vector = (IntVector) into;
        for (int i = 0; i < count; i++) {
            if (reader.getCurrentDefinitionLevel() == definitionMax) {
                vector.append(reader.getInteger());
            } else {
                vector.appendNull();
            }
            reader.consume();
        }
    }

    private static void intsAsLongs(ColumnReader reader, int definitionMax, ColumnVector into, int count) {
        LongVector vector = (LongVector) into;
        for (int i = 0; i < count; i++) {
            if (reader.getCurrentDefinitionLevel() == definitionMax) {
                vector.append(reader.getInteger());
            } else {
                vector.appendNull();
            }
            reader.consume();
        }
    }

    private static ColumnFill longs(long factor) {
        return (reader, definitionMax, into, count) -> {
            LongVector vector = (LongVector) into;
            boolean isTimeOfDayInt =
                    reader.getDescriptor().getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT32;
            for (int i = 0; i < count; i++) {
                if (reader.getCurrentDefinitionLevel() == definitionMax) {
                    vector.append(Math.multiplyExact(isTimeOfDayInt ? reader.getInteger() : reader.getLong(), factor));
                } else {
                    vector.appendNull();
                }
                reader.consume();
            }
        };
    }

    private static void floats(ColumnReader reader, int definitionMax, ColumnVector into, int count) {
        FloatVector vector = (FloatVector) into;
        for (int i = 0; i < count; i++) {
            if (reader.getCurrentDefinitionLevel() == definitionMax) {
                vector.append(reader.getFloat());
            } else {
                vector.appendNull();
            }
            reader.consume();
        }
    }

    private static void doubles(ColumnReader reader, int definitionMax, ColumnVector into, int count) {
        DoubleVector vector = (DoubleVector) into;
        for (int i = 0; i < count; i++) {
            if (reader.getCurrentDefinitionLevel() == definitionMax) {
                vector.append(reader.getDouble());
            } else {
                vector.appendNull();
            }
            reader.consume();
        }
    }

    private static void floatsAsDoubles(ColumnReader reader, int definitionMax, ColumnVector into, int count) {
        DoubleVector vector = (DoubleVector) into;
        for (int i = 0; i < count; i++) {
            if (reader.getCurrentDefinitionLevel() == definitionMax) {
                vector.append(reader.getFloat());
            } else {
                vector.appendNull();
            }
            reader.consume();
        }
    }

    private static void bytes(ColumnReader reader, int definitionMax, ColumnVector into, int count) {
        BytesVector vector = (BytesVector) into;
        for (int i = 0; i < count; i++) {
            if (reader.getCurrentDefinitionLevel() == definitionMax) {
                Binary value = reader.getBinary();
                int length = value.length();
                int start = vector.appendReserved(length);
                value.toByteBuffer().get(vector.data(), start, length);
            } else {
                vector.appendNull();
            }
            reader.consume();
        }
    }

    private static @Nullable ColumnFill decimals(ColumnType type, PrimitiveTypeName physical) {
        return switch (physical) {
            case INT32 -> type.isWideDecimal() ? wideDecimals(reader -> reader.getInteger()) : ColumnFill::intsAsLongs;
            case INT64 -> type.isWideDecimal() ? wideDecimals(ColumnReader::getLong) : longs(1);
            case FIXED_LEN_BYTE_ARRAY, BINARY ->
                type.isWideDecimal() ? ColumnFill::byteDecimals : ColumnFill::byteDecimalsAsLongs;
            default -> null;
        };
    }

    /** Unscaled value of a decimal that the file holds as an integer. */
    interface Unscaled {
        long of(ColumnReader reader);
    }

    private static ColumnFill wideDecimals(Unscaled unscaled) {
        return (reader, definitionMax, into, count) -> {
            BytesVector vector = (BytesVector) into;
            for (int i = 0; i < count; i++) {
                if (reader.getCurrentDefinitionLevel() == definitionMax) {
                    long value = unscaled.of(reader);
                    int start = vector.appendReserved(ParquetTypes.BYTES_16);
                    byte[] data = vector.data();
                    Arrays.fill(data, start, start + Long.BYTES, (byte) (value >> 63));
                    for (int b = 0; b < Long.BYTES; b++) {
                        data[start + Long.BYTES + b] = (byte) (value >>> (56 - 8 * b));
                    }
                } else {
                    vector.appendNull();
                }
                reader.consume();
            }
        };
    }

    private static void byteDecimals(ColumnReader reader, int definitionMax, ColumnVector into, int count) {
        BytesVector vector = (BytesVector) into;
        for (int i = 0; i < count; i++) {
            if (reader.getCurrentDefinitionLevel() == definitionMax) {
                byte[] value = reader.getBinary().getBytesUnsafe();
                int excess = Math.max(0, value.length - ParquetTypes.BYTES_16);
                byte sign = (byte) (value[excess] >> 7);
                requireSign(value, excess, sign);
                int length = value.length - excess;
                int start = vector.appendReserved(ParquetTypes.BYTES_16);
                byte[] data = vector.data();
                int padding = ParquetTypes.BYTES_16 - length;
                Arrays.fill(data, start, start + padding, sign);
                System.arraycopy(value, excess, data, start + padding, length);
            } else {
                vector.appendNull();
            }
            reader.consume();
        }
    }

    private static void byteDecimalsAsLongs(ColumnReader reader, int definitionMax, ColumnVector into, int count) {
        LongVector vector = (LongVector) into;
        for (int i = 0; i < count; i++) {
            if (reader.getCurrentDefinitionLevel() == definitionMax) {
                byte[] value = reader.getBinary().getBytesUnsafe();
                int excess = Math.max(0, value.length - Long.BYTES);
                long unscaled = value[excess] >> 7;
                requireSign(value, excess, (byte) unscaled);
                for (int b = excess; b < value.length; b++) {
                    unscaled = unscaled << 8 | (value[b] & 0xFF);
                }
                vector.append(unscaled);
            } else {
                vector.appendNull();
            }
            reader.consume();
        }
    }

    private static void requireSign(byte[] value, int excess, byte sign) {
        for (int b = 0; b < excess; b++) {
            if (value[b] != sign) {
                throw new IllegalArgumentException("Cannot read column: a decimal has more digits than its type");
            }
        }
    }
}
