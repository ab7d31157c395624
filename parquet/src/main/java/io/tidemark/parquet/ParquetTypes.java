package io.tidemark.parquet;

import io.tidemark.spi.schema.ColumnType;
import java.math.BigInteger;
import java.util.List;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;

/**
 * Column types as Parquet has them, by the mapping of the Iceberg specification (Appendix A, Parquet), so that one file serves slices and
 * mirror tables alike.
 */
final class ParquetTypes {
    /** Bytes of the fixed-length form of a UUID and of a wide decimal in memory. */
    static final int BYTES_16 = 16;

    private static final int INT32_DECIMAL_PRECISION_MAX = 9;

    private ParquetTypes() {}

    static MessageType schema(List<ParquetColumn> columns) {
        Types.MessageTypeBuilder builder = Types.buildMessage();
        columns.forEach(column -> builder.addField(field(column)));
        return builder.named("table");
    }

    private static PrimitiveType field(ParquetColumn column) {
        ColumnType type = column.type();
        Repetition repetition = column.nullable() ? Repetition.OPTIONAL : Repetition.REQUIRED;
        PrimitiveType field = switch (type.kind()) {
            case BOOLEAN -> plain(PrimitiveTypeName.BOOLEAN, repetition, column);
            case INT32 -> plain(PrimitiveTypeName.INT32, repetition, column);
            case INT64 -> plain(PrimitiveTypeName.INT64, repetition, column);
            case FLOAT32 -> plain(PrimitiveTypeName.FLOAT, repetition, column);
            case FLOAT64 -> plain(PrimitiveTypeName.DOUBLE, repetition, column);
            case BYTES -> plain(PrimitiveTypeName.BINARY, repetition, column);
            case STRING -> annotated(PrimitiveTypeName.BINARY, LogicalTypeAnnotation.stringType(), repetition, column);
            case DATE -> annotated(PrimitiveTypeName.INT32, LogicalTypeAnnotation.dateType(), repetition, column);
            case TIME ->
                annotated(
                        PrimitiveTypeName.INT64,
                        LogicalTypeAnnotation.timeType(false, TimeUnit.MICROS),
                        repetition,
                        column);
            case TIMESTAMP ->
                annotated(
                        PrimitiveTypeName.INT64,
                        LogicalTypeAnnotation.timestampType(false, TimeUnit.MICROS),
                        repetition,
                        column);
            case TIMESTAMP_TZ ->
                annotated(
                        PrimitiveTypeName.INT64,
                        LogicalTypeAnnotation.timestampType(true, TimeUnit.MICROS),
                        repetition,
                        column);
            case UUID ->
                Types.primitive(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY, repetition)
                        .length(BYTES_16)
                        .as(LogicalTypeAnnotation.uuidType())
                        .named(column.name());
            case DECIMAL -> decimal(type, repetition, column);
        };
        return column.hasFieldId() ? field.withId(column.fieldId()) : field;
    }

    private static PrimitiveType plain(PrimitiveTypeName physical, Repetition repetition, ParquetColumn column) {
        return Types.primitive(physical, repetition).named(column.name());
    }

    private static PrimitiveType annotated(
            PrimitiveTypeName physical, LogicalTypeAnnotation annotation, Repetition repetition, ParquetColumn column) {
        return Types.primitive(physical, repetition).as(annotation).named(column.name());
    }

    private static PrimitiveType decimal(ColumnType type, Repetition repetition, ParquetColumn column) {
        LogicalTypeAnnotation annotation = LogicalTypeAnnotation.decimalType(type.scale(), type.precision());
        if (isInt32Decimal(type)) {
            return annotated(PrimitiveTypeName.INT32, annotation, repetition, column);
        }
        if (!type.isWideDecimal()) {
            return annotated(PrimitiveTypeName.INT64, annotation, repetition, column);
        }
        return Types.primitive(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY, repetition)
                .length(decimalBytes(type.precision()))
                .as(annotation)
                .named(column.name());
    }

    /** Whether the decimal is stored as a 32-bit integer. */
    static boolean isInt32Decimal(ColumnType type) {
        return type.kind() == ColumnType.Kind.DECIMAL && type.precision() <= INT32_DECIMAL_PRECISION_MAX;
    }

    /** The least number of bytes that holds every unscaled value of this precision in two's complement. */
    static int decimalBytes(int precision) {
        return BigInteger.TEN.pow(precision).subtract(BigInteger.ONE).bitLength() / 8 + 1;
    }
}
