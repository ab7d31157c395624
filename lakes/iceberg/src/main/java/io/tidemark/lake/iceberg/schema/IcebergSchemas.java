package io.tidemark.lake.iceberg.schema;

import io.tidemark.parquet.ParquetColumn;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Row schemas as Iceberg has them. Columns keep their order; key columns are required, all others optional. */
public final class IcebergSchemas {
    private IcebergSchemas() {}

    /**
     * The table schema of a mirror. The key becomes the identifier fields, unless a float or double is in it, which Iceberg does not allow.
     */
    public static Schema of(LakeTableSpec spec) {
        RowSchema rows = spec.schema();
        List<Types.NestedField> fields = new ArrayList<>();
        Set<Integer> identifiers = new HashSet<>();
        boolean identifiable = true;
        for (Column column : rows.columns()) {
            int id = fields.size() + 1;
            boolean key = rows.key().contains(column.name());
            fields.add(Types.NestedField.builder()
                    .withId(id)
                    .withName(column.name())
                    .isOptional(!key)
                    .ofType(type(column.type()))
                    .build());
            if (key) {
                identifiers.add(id);
                identifiable &= column.type().kind() != ColumnType.Kind.FLOAT32
                        && column.type().kind() != ColumnType.Kind.FLOAT64;
            }
        }
        if (spec.deletes() == DeleteMode.SOFT) {
            fields.add(Types.NestedField.optional(
                    fields.size() + 1, LakeTableSpec.DELETED_AT, Types.TimestampType.withZone()));
        }
        return identifiable ? new Schema(fields, identifiers) : new Schema(fields);
    }

    /** The columns of the mirror's data files, by the field ids of the table: the row schema's columns, then that of soft deletes. */
    public static List<ParquetColumn> fileColumns(Schema table, LakeTableSpec spec) {
        List<ParquetColumn> columns = new ArrayList<>();
        for (Column column : spec.schema().columns()) {
            boolean key = spec.schema().key().contains(column.name());
            columns.add(new ParquetColumn(
                    column.name(), column.type(), !key, fieldId(table, column.name()), column.initial()));
        }
        if (spec.deletes() == DeleteMode.SOFT) {
            columns.add(new ParquetColumn(
                    LakeTableSpec.DELETED_AT, ColumnType.TIMESTAMP_TZ, true, fieldId(table, LakeTableSpec.DELETED_AT)));
        }
        return List.copyOf(columns);
    }

    /** Whether the table still has every column of the mirror with its type; another writer may have changed it. */
    public static boolean holds(Schema table, LakeTableSpec spec) {
        for (Types.NestedField field : of(spec).columns()) {
            Types.NestedField there = table.findField(field.name());
            if (there == null || !there.type().equals(field.type())) {
                return false;
            }
        }
        return true;
    }

    /** The value that rows without the column hold, as Iceberg writes defaults. */
    static Literal<?> initial(ColumnType type, String text) {
        Type iceberg = type(type);
        return switch (type.kind()) {
            case BOOLEAN -> Literal.of(text.equals("t"));
            case INT32 -> Literal.of(Integer.parseInt(text));
            case DATE -> Literal.of(Integer.parseInt(text)).to(iceberg);
            case INT64 -> Literal.of(Long.parseLong(text));
            case TIME, TIMESTAMP, TIMESTAMP_TZ ->
                Literal.of(Long.parseLong(text)).to(iceberg);
            case FLOAT32 -> Literal.of(Float.intBitsToFloat(Integer.parseUnsignedInt(text, 16)));
            case FLOAT64 -> Literal.of(Double.longBitsToDouble(Long.parseUnsignedLong(text, 16)));
            case DECIMAL -> Literal.of(new BigDecimal(text));
            case STRING -> Literal.of(text);
            case BYTES -> Literal.of(ByteBuffer.wrap(HexFormat.of().parseHex(text)));
            case UUID -> Literal.of(UUID.fromString(text));
        };
    }

    private static int fieldId(Schema table, String name) {
        Types.NestedField field = table.findField(name);
        if (field == null) {
            throw new IllegalArgumentException(
                    "Cannot map a column: the table has none of this name (column=" + name + ")");
        }
        return field.fieldId();
    }

    static Type type(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> Types.BooleanType.get();
            case INT32 -> Types.IntegerType.get();
            case INT64 -> Types.LongType.get();
            case FLOAT32 -> Types.FloatType.get();
            case FLOAT64 -> Types.DoubleType.get();
            case DECIMAL -> Types.DecimalType.of(type.precision(), type.scale());
            case STRING -> Types.StringType.get();
            case BYTES -> Types.BinaryType.get();
            case UUID -> Types.UUIDType.get();
            case DATE -> Types.DateType.get();
            case TIME -> Types.TimeType.get();
            case TIMESTAMP -> Types.TimestampType.withoutZone();
            case TIMESTAMP_TZ -> Types.TimestampType.withZone();
        };
    }
}
