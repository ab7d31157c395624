package io.tidemark.lake.delta.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.lake.delta.schema.PartitionField.Unit;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.SchemaChange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Row schemas as schema strings of a table's metadata, with column mapping by name: every column has an id and a physical name in the files, which
 * stay when it is renamed.
 *
 * <p>Source: Delta transaction protocol, sections "Schema Serialization Format" and "Column Mapping".
 */
public final class DeltaSchemas {
    /** Property of the metadata: the greatest id that a column has or had. */
    public static final String MAX_COLUMN_ID = "delta.columnMapping.maxColumnId";

    private static final String ID = "delta.columnMapping.id";
    private static final String PHYSICAL_NAME = "delta.columnMapping.physicalName";

    /** Leading columns of which the log has statistics; readers look at no more of them. */
    private static final int DESCRIBED_COLUMNS = 32;

    private static final ObjectMapper JSON = new ObjectMapper();

    private DeltaSchemas() {}

    /**
     * A schema, and the greatest id in it.
     *
     * @param maxId the greatest id that a column has or had
     */
    public record Written(TableSchema schema, int maxId) {}

    /**
     * Refuses what Delta cannot hold.
     *
     * @throws TidemarkException {@code LAKE_SCHEMA_MISMATCH}, or {@code PARTITION_INVALID} for a partition field
     */
    public static void check(LakeTableSpec spec) {
        requireColumns(spec);
        PartitionFields.of(spec);
    }

    private static void requireColumns(LakeTableSpec spec) {
        Set<String> names = new HashSet<>();
        for (Column column : spec.schema().columns()) {
            if (!names.add(column.name().toLowerCase(Locale.ROOT))) {
                throw refused(spec, "column " + column.name() + " differs from another one only in case");
            }
            if (!holds(column.type())) {
                throw refused(
                        spec,
                        "Delta has no type for column " + column.name() + " (type=" + column.type()
                                + "); carry it as string");
            }
        }
    }

    /** Whether Delta has a type that holds every value of this one. */
    public static boolean holds(ColumnType type) {
        return switch (type.kind()) {
            case TIME, UUID -> false;
            case LIST -> holds(type.element());
            case MAP -> holds(type.fields().get(1).type());
            case STRUCT -> hasDistinctNames(type) && type.fields().stream().allMatch(field -> holds(field.type()));
            default -> true;
        };
    }

    /** The schema of a new table. */
    public static Written first(LakeTableSpec spec) {
        Ids ids = new Ids(0);
        ArrayNode fields = JSON.createArrayNode();
        for (Column column : spec.schema().columns()) {
            fields.add(field(column.name(), column.name(), column.type(), ids));
        }
        if (spec.deletes() == DeleteMode.SOFT) {
            fields.add(field(LakeTableSpec.DELETED_AT, LakeTableSpec.DELETED_AT, ColumnType.TIMESTAMP_TZ, ids));
        }
        List<PartitionField> partitions = PartitionFields.of(spec);
        for (PartitionField partition : partitions) {
            if (partition.unit() != Unit.VALUE) {
                fields.add(field(partition.name(), partition.name(), ColumnType.STRING, ids));
            }
        }
        return written(fields, partitions, ids);
    }

    /**
     * The schema after a change in place.
     *
     * @param text the schema string before
     * @param maxId the greatest id before
     * @throws TidemarkException {@code LAKE_SCHEMA_MISMATCH} when the mirror has to be loaded again
     */
    public static Written next(String text, int maxId, LakeTableSpec before, LakeTableSpec after) {
        requireColumns(after);
        List<PartitionField> partitions = unchanged(before, after);
        SchemaChange change = new SchemaChange(before.schema(), after.schema());
        Map<String, JsonNode> present = fields(text);
        Ids ids = new Ids(maxId);
        ArrayNode fields = JSON.createArrayNode();
        for (Column column : after.schema().columns()) {
            int index = before.schema().indexOfId(column.id());
            if (index < 0 || change.added().contains(column)) {
                if (column.initial() != null) {
                    throw refused(
                            after, "column " + column.name() + " came with a value, and Delta has none for older rows");
                }
                // The id makes it another name than that of a column that is gone.
                fields.add(field(column.name(), column.name() + "-" + (ids.last + 1), column.type(), ids));
                continue;
            }
            Column was = before.schema().columns().get(index);
            if (!was.type().equals(column.type())) {
                throw refused(
                        after,
                        "column " + column.name() + " changed its type (before=" + was.type() + ", now=" + column.type()
                                + ")");
            }
            fields.add(((ObjectNode) present(present, was.name()).deepCopy()).put("name", column.name()));
        }
        if (after.deletes() == DeleteMode.SOFT) {
            fields.add(present(present, LakeTableSpec.DELETED_AT));
        }
        for (PartitionField partition : partitions) {
            if (partition.unit() != Unit.VALUE) {
                fields.add(present(present, partition.name()));
            }
        }
        return written(fields, partitions, ids);
    }

    /** The configuration names partition columns, so such a column can neither go nor change its name. */
    private static List<PartitionField> unchanged(LakeTableSpec before, LakeTableSpec after) {
        List<PartitionField> fields = PartitionFields.of(before);
        try {
            if (sources(before, fields).equals(sources(after, PartitionFields.of(after)))) {
                return fields;
            }
            throw refused(after, "a partition column would change (partitions=" + after.partitions() + ")");
        } catch (TidemarkException e) {
            throw e.code() == ErrorCode.PARTITION_INVALID ? refused(after, e.reason()) : e;
        }
    }

    private static Map<String, Integer> sources(LakeTableSpec spec, List<PartitionField> fields) {
        Map<String, Integer> sources = new TreeMap<>();
        fields.forEach(field -> sources.put(
                field.name(), spec.schema().columns().get(field.source()).id()));
        return sources;
    }

    /**
     * What is in the mirror's data files.
     *
     * @throws TidemarkException {@code LAKE_SCHEMA_MISMATCH} when another program changed them
     */
    public static FileLayout layout(String text, LakeTableSpec spec) {
        Map<String, JsonNode> fields = fields(text);
        List<ParquetColumn> columns = fileColumns(fields, spec);
        List<PartitionField> partitions = new ArrayList<>();
        Set<Integer> described = new LinkedHashSet<>();
        Set<Integer> inLog = new HashSet<>();
        for (int column : spec.schema().keyIndexes()) {
            described.add(column);
        }
        for (PartitionField field : PartitionFields.of(spec)) {
            String physicalName = physicalName(present(fields, field.name()));
            partitions.add(new PartitionField(field.name(), physicalName, field.source(), field.unit()));
            (field.unit() == Unit.VALUE ? inLog : described).add(field.source());
        }
        for (int i = 0; i < Math.min(columns.size(), DESCRIBED_COLUMNS); i++) {
            described.add(i);
        }
        described.removeIf(
                column -> inLog.contains(column) || columns.get(column).type().isNested());
        return new FileLayout(
                columns, partitions, described.stream().map(columns::get).toList());
    }

    private static List<ParquetColumn> fileColumns(Map<String, JsonNode> fields, LakeTableSpec spec) {
        List<ParquetColumn> columns = new ArrayList<>();
        for (Column column : spec.schema().columns()) {
            columns.add(fileColumn(fields, spec, column.name(), column.type()));
        }
        if (spec.deletes() == DeleteMode.SOFT) {
            columns.add(fileColumn(fields, spec, LakeTableSpec.DELETED_AT, ColumnType.TIMESTAMP_TZ));
        }
        return List.copyOf(columns);
    }

    private static ParquetColumn fileColumn(
            Map<String, JsonNode> fields, LakeTableSpec spec, String name, ColumnType type) {
        JsonNode field = fields.get(name);
        if (field == null || !field.path("type").equals(type(type, new Ids(0), field.path("type")))) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot open the mirror of " + spec.schema().table()
                            + ": another program changed its columns (column=" + name + ")");
        }
        return new ParquetColumn(
                physicalName(field), type, true, field.path("metadata").path(ID).asInt());
    }

    private static String physicalName(JsonNode field) {
        return field.path("metadata").path(PHYSICAL_NAME).asText();
    }

    private static JsonNode present(Map<String, JsonNode> fields, String name) {
        JsonNode field = fields.get(name);
        if (field == null) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot change the columns of a Delta table: another program took one away (column=" + name + ")");
        }
        return field;
    }

    private static Map<String, JsonNode> fields(String text) {
        try {
            Map<String, JsonNode> fields = new TreeMap<>();
            for (JsonNode field : JSON.readTree(text).path("fields")) {
                fields.put(field.path("name").asText(), field);
            }
            return fields;
        } catch (JsonProcessingException e) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH, "Cannot read the schema of a Delta table: " + e.getMessage(), e);
        }
    }

    private static ObjectNode field(String name, String physicalName, ColumnType type, Ids ids) {
        int id = ids.next();
        ObjectNode field = JSON.createObjectNode().put("name", name);
        field.set("type", type(type, ids, null));
        field.put("nullable", true);
        field.putObject("metadata").put(ID, id).put(PHYSICAL_NAME, physicalName);
        return field;
    }

    /**
     * A type.
     *
     * @param like a type of which ids are taken; null for new ones
     */
    private static JsonNode type(ColumnType type, Ids ids, @org.jspecify.annotations.Nullable JsonNode like) {
        return switch (type.kind()) {
            case BOOLEAN -> text("boolean");
            case INT32 -> text("integer");
            case INT64 -> text("long");
            case FLOAT32 -> text("float");
            case FLOAT64 -> text("double");
            case DECIMAL -> text("decimal(" + type.precision() + "," + type.scale() + ")");
            case STRING -> text("string");
            case BYTES -> text("binary");
            case DATE -> text("date");
            case TIMESTAMP -> text("timestamp_ntz");
            case TIMESTAMP_TZ -> text("timestamp");
            case LIST -> {
                ObjectNode array = JSON.createObjectNode().put("type", "array");
                array.set("elementType", type(type.element(), ids, like == null ? null : like.path("elementType")));
                yield array.put("containsNull", true);
            }
            case MAP -> {
                ObjectNode map = JSON.createObjectNode().put("type", "map").put("keyType", "string");
                ColumnType value = type.fields().get(1).type();
                map.set("valueType", type(value, ids, like == null ? null : like.path("valueType")));
                yield map.put("valueContainsNull", true);
            }
            case STRUCT -> {
                ObjectNode struct = JSON.createObjectNode().put("type", "struct");
                ArrayNode fields = struct.putArray("fields");
                for (int i = 0; i < type.fields().size(); i++) {
                    ColumnType.Field part = type.fields().get(i);
                    JsonNode model = like == null ? null : like.path("fields").path(i);
                    ObjectNode field = field(part.name(), part.name(), part.type(), ids);
                    if (model != null) {
                        field.set("type", type(part.type(), ids, model.path("type")));
                        field.set("metadata", model.path("metadata"));
                    }
                    fields.add(field);
                }
                yield struct;
            }
            case TIME, UUID -> throw new IllegalArgumentException("Cannot hold this type in Delta: " + type);
        };
    }

    private static JsonNode text(String text) {
        return JSON.getNodeFactory().textNode(text);
    }

    private static Written written(ArrayNode fields, List<PartitionField> partitions, Ids ids) {
        ObjectNode struct = JSON.createObjectNode().put("type", "struct");
        struct.set("fields", fields);
        List<String> names = partitions.stream().map(PartitionField::name).toList();
        return new Written(new TableSchema(struct.toString(), names), ids.last);
    }

    private static boolean hasDistinctNames(ColumnType type) {
        Set<String> names = new HashSet<>();
        return type.fields().stream().allMatch(field -> names.add(field.name().toLowerCase(Locale.ROOT)));
    }

    private static TidemarkException refused(LakeTableSpec spec, String reason) {
        RowSchema schema = spec.schema();
        return new TidemarkException(
                ErrorCode.LAKE_SCHEMA_MISMATCH, "Cannot mirror " + schema.table() + " in Delta: " + reason);
    }

    /** Gives ids to columns and fields. */
    private static final class Ids {
        private int last;

        Ids(int last) {
            this.last = last;
        }

        int next() {
            return ++last;
        }
    }
}
