package io.tidemark.parquet;

import io.tidemark.spi.schema.ColumnType;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;

/**
 * Column types as Parquet has them, by the mapping of the Iceberg specification (Appendix A, Parquet), so that one file serves slices and
 * mirror tables alike.
 */
final class ParquetTypes {
    /** Bytes of the fixed-length form of a UUID and of a wide decimal in memory. */
    static final int BYTES_16 = 16;

    /** Name of the repeated group of a list. */
    private static final String LIST = "list";

    /** Name of the repeated group of a map. */
    private static final String KEY_VALUE = "key_value";

    private static final int INT32_DECIMAL_PRECISION_MAX = 9;

    private ParquetTypes() {}

    static MessageType schema(List<ParquetColumn> columns) {
        Types.MessageTypeBuilder builder = Types.buildMessage();
        columns.forEach(column -> builder.addField(field(column)));
        return builder.named("table");
    }

    private static Type field(ParquetColumn column) {
        Repetition repetition = column.nullable() ? Repetition.OPTIONAL : Repetition.REQUIRED;
        Type field = field(
                column.name(), column.type(), repetition, column.nestedIds().iterator());
        return column.hasFieldId() ? field.withId(column.fieldId()) : field;
    }

    private static Type field(String name, ColumnType type, Repetition repetition, Iterator<Integer> nestedIds) {
        return switch (type.kind()) {
            case BOOLEAN -> plain(PrimitiveTypeName.BOOLEAN, repetition, name);
            case INT32 -> plain(PrimitiveTypeName.INT32, repetition, name);
            case INT64 -> plain(PrimitiveTypeName.INT64, repetition, name);
            case FLOAT32 -> plain(PrimitiveTypeName.FLOAT, repetition, name);
            case FLOAT64 -> plain(PrimitiveTypeName.DOUBLE, repetition, name);
            case BYTES -> plain(PrimitiveTypeName.BINARY, repetition, name);
            case STRING -> annotated(PrimitiveTypeName.BINARY, LogicalTypeAnnotation.stringType(), repetition, name);
            case DATE -> annotated(PrimitiveTypeName.INT32, LogicalTypeAnnotation.dateType(), repetition, name);
            case TIME -> micros(LogicalTypeAnnotation.timeType(false, TimeUnit.MICROS), repetition, name);
            case TIMESTAMP -> micros(LogicalTypeAnnotation.timestampType(false, TimeUnit.MICROS), repetition, name);
            case TIMESTAMP_TZ -> micros(LogicalTypeAnnotation.timestampType(true, TimeUnit.MICROS), repetition, name);
            case UUID ->
                Types.primitive(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY, repetition)
                        .length(BYTES_16)
                        .as(LogicalTypeAnnotation.uuidType())
                        .named(name);
            case DECIMAL -> decimal(type, repetition, name);
            case LIST -> {
                GroupType repeated = new GroupType(Repetition.REPEATED, LIST, parts(type, nestedIds));
                yield Types.buildGroup(repetition)
                        .as(LogicalTypeAnnotation.listType())
                        .addField(repeated)
                        .named(name);
            }
            case STRUCT -> new GroupType(repetition, name, parts(type, nestedIds));
            case MAP -> {
                GroupType repeated = new GroupType(Repetition.REPEATED, KEY_VALUE, parts(type, nestedIds));
                yield Types.buildGroup(repetition)
                        .as(LogicalTypeAnnotation.mapType())
                        .addField(repeated)
                        .named(name);
            }
        };
    }

    /** The fields of a struct, the element of a list, or key and value of a map. */
    private static List<Type> parts(ColumnType type, Iterator<Integer> nestedIds) {
        List<Type> parts = new ArrayList<>();
        for (ColumnType.Field field : type.fields()) {
            int id = nestedIds.hasNext() ? nestedIds.next() : ParquetColumn.NO_FIELD_ID;
            boolean isKey = parts.isEmpty() && type.kind() == ColumnType.Kind.MAP;
            Type part = field(field.name(), field.type(), isKey ? Repetition.REQUIRED : Repetition.OPTIONAL, nestedIds);
            parts.add(id == ParquetColumn.NO_FIELD_ID ? part : part.withId(id));
        }
        return parts;
    }

    private static PrimitiveType plain(PrimitiveTypeName physical, Repetition repetition, String name) {
        return Types.primitive(physical, repetition).named(name);
    }

    private static PrimitiveType micros(LogicalTypeAnnotation annotation, Repetition repetition, String name) {
        return annotated(PrimitiveTypeName.INT64, annotation, repetition, name);
    }

    private static PrimitiveType annotated(
            PrimitiveTypeName physical, LogicalTypeAnnotation annotation, Repetition repetition, String name) {
        return Types.primitive(physical, repetition).as(annotation).named(name);
    }

    private static PrimitiveType decimal(ColumnType type, Repetition repetition, String name) {
        LogicalTypeAnnotation annotation = LogicalTypeAnnotation.decimalType(type.scale(), type.precision());
        if (isInt32Decimal(type)) {
            return annotated(PrimitiveTypeName.INT32, annotation, repetition, name);
        }
        if (!type.isWideDecimal()) {
            return annotated(PrimitiveTypeName.INT64, annotation, repetition, name);
        }
        return Types.primitive(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY, repetition)
                .length(decimalBytes(type.precision()))
                .as(annotation)
                .named(name);
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
