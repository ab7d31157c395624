package io.tidemark.lake.upsert.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The spec of a mirror in one table property, so that the lake alone tells how the mirror was made: source types and partition texts have no
 * other place in a lake's metadata.
 */
public final class SpecProperties {
    /** The property. */
    public static final String KEY = "tidemark.spec";

    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    private SpecProperties() {}

    /** The property's text. */
    public static String write(LakeTableSpec spec) {
        RowSchema schema = spec.schema();
        ObjectNode root = JSON.createObjectNode();
        root.put("version", VERSION);
        root.put("schema", schema.table().schema());
        root.put("table", schema.table().name());
        ArrayNode columns = root.putArray("columns");
        for (Column column : schema.columns()) {
            ObjectNode node = columns.addObject();
            node.put("name", column.name());
            node.put(
                    "type",
                    column.type().isNested()
                            ? column.type().toString()
                            : column.type().kind().name());
            if (column.type().kind() == ColumnType.Kind.DECIMAL) {
                node.put("precision", column.type().precision());
                node.put("scale", column.type().scale());
            }
            node.put("nullable", column.nullable());
            node.put("source", column.sourceType());
            node.put("id", column.id());
            if (column.initial() != null) {
                node.put("initial", column.initial());
            }
        }
        schema.key().forEach(root.putArray("key")::add);
        root.put("before", schema.beforeImage().name());
        root.put("identity", schema.identity());
        spec.partitions().forEach(root.putArray("partitions")::add);
        root.put("deletes", spec.deletes().name());
        if (spec.latestBy() != null) {
            root.put("latestBy", spec.latestBy());
        }
        try {
            return JSON.writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new TidemarkException(
                    ErrorCode.INTERNAL, "Cannot describe " + schema.table() + ": its spec is no JSON", e);
        }
    }

    /** The spec of a table with these properties; empty for a table that is no mirror. */
    public static Optional<LakeTableSpec> find(Map<String, String> properties) {
        String text = properties.get(KEY);
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(read(JSON.readTree(text)));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot read a mirror: its property " + KEY + " is not understood",
                    e);
        }
    }

    private static LakeTableSpec read(JsonNode root) {
        if (root.path("version").asInt() != VERSION) {
            throw new IllegalArgumentException("unknown version");
        }
        List<Column> columns = new ArrayList<>();
        for (JsonNode node : root.path("columns")) {
            String name = node.path("type").asText();
            ColumnType type = name.indexOf('<') >= 0
                    ? ColumnType.parse(name)
                    : new ColumnType(
                            ColumnType.Kind.valueOf(name),
                            node.path("precision").asInt(),
                            node.path("scale").asInt(),
                            List.of());
            columns.add(new Column(
                    node.path("name").asText(),
                    type,
                    node.path("nullable").asBoolean(),
                    node.path("source").asText(),
                    node.path("id").asInt(),
                    node.hasNonNull("initial") ? node.get("initial").asText() : null));
        }
        RowSchema schema = new RowSchema(
                new TableId(root.path("schema").asText(), root.path("table").asText()),
                columns,
                texts(root.path("key")),
                BeforeImage.valueOf(root.path("before").asText()),
                root.path("identity").asText());
        return new LakeTableSpec(
                schema,
                texts(root.path("partitions")),
                DeleteMode.valueOf(root.path("deletes").asText()),
                root.hasNonNull("latestBy") ? root.get("latestBy").asText() : null);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(node -> texts.add(node.asText()));
        return texts;
    }
}
