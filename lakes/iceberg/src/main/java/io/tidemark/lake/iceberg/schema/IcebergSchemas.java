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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
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
        // Iceberg numbers the columns before what is inside them.
        AtomicInteger nestedIds = new AtomicInteger(rows.columns().size() + 1);
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
                    .ofType(type(column.type(), nestedIds::incrementAndGet))
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
            Types.NestedField field = field(table, column.name());
            List<Integer> nestedIds = new ArrayList<>();
            addNestedIds(field.type(), nestedIds);
            columns.add(new ParquetColumn(
                    column.name(), column.type(), !key, field.fieldId(), nestedIds, column.initial()));
        }
        if (spec.deletes() == DeleteMode.SOFT) {
            int id = field(table, LakeTableSpec.DELETED_AT).fieldId();
            columns.add(new ParquetColumn(LakeTableSpec.DELETED_AT, ColumnType.TIMESTAMP_TZ, true, id));
        }
        return List.copyOf(columns);
    }

    /** Whether the table still has every column of the mirror with its type; another writer may have changed it. */
    public static boolean holds(Schema table, LakeTableSpec spec) {
        for (Types.NestedField field : of(spec).columns()) {
            Types.NestedField there = table.asStruct().field(field.name());
            if (there == null || !isAlike(there.type(), field.type())) {
                return false;
            }
        }
        return true;
    }

    /** Whether the types are the same but for the ids inside them, which the table gives. */
    private static boolean isAlike(Type there, Type wanted) {
        if (!wanted.isNestedType()) {
            return there.equals(wanted);
        }
        if (there.typeId() != wanted.typeId()) {
            return false;
        }
        List<Types.NestedField> found = there.asNestedType().fields();
        List<Types.NestedField> fields = wanted.asNestedType().fields();
        if (found.size() != fields.size()) {
            return false;
        }
        for (int i = 0; i < fields.size(); i++) {
            if (!found.get(i).name().equals(fields.get(i).name())
                    || found.get(i).isRequired() != fields.get(i).isRequired()
                    || !isAlike(found.get(i).type(), fields.get(i).type())) {
                return false;
            }
        }
        return true;
    }

    /** The value that rows without the column hold, as Iceberg writes defaults. */
    static Literal<?> initial(ColumnType type, String text) {
        Type iceberg = type(type, () -> 0);
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
            case LIST, STRUCT, MAP ->
                throw new IllegalArgumentException("Cannot keep a default: Iceberg has none of nested types");
        };
    }

    /** For each field inside the type its id, then those inside it. */
    private static void addNestedIds(Type type, List<Integer> ids) {
        if (type.isNestedType()) {
            for (Types.NestedField field : type.asNestedType().fields()) {
                ids.add(field.fieldId());
                addNestedIds(field.type(), ids);
            }
        }
    }

    private static Types.NestedField field(Schema table, String name) {
        Types.NestedField field = table.asStruct().field(name);
        if (field == null) {
            throw new IllegalArgumentException(
                    "Cannot map a column: the table has none of this name (column=" + name + ")");
        }
        return field;
    }

    /** @param nextId gives ids for what is inside a nested type */
    static Type type(ColumnType type, IntSupplier nextId) {
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
            case LIST -> {
                int id = nextId.getAsInt();
                yield Types.ListType.ofOptional(id, type(type.element(), nextId));
            }
            case MAP -> {
                int key = nextId.getAsInt();
                int value = nextId.getAsInt();
                yield Types.MapType.ofOptional(
                        key,
                        value,
                        Types.StringType.get(),
                        type(type.fields().get(1).type(), nextId));
            }
            case STRUCT -> {
                List<Types.NestedField> fields = new ArrayList<>();
                for (ColumnType.Field field : type.fields()) {
                    int id = nextId.getAsInt();
                    fields.add(Types.NestedField.optional(id, field.name(), type(field.type(), nextId)));
                }
                yield Types.StructType.of(fields);
            }
        };
    }
}
