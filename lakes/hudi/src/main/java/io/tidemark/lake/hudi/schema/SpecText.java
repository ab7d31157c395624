package io.tidemark.lake.hudi.schema;

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
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A stored spec as text: in the table's properties when it is made, and in each of its commits. */
public final class SpecText {
    /** The key of the text. */
    public static final String KEY = "tidemark.spec";

    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    private SpecText() {}

    public static String write(StoredSpec stored) {
        RowSchema schema = stored.spec().schema();
        ObjectNode root = JSON.createObjectNode();
        root.put("version", VERSION);
        root.put("schema", schema.table().schema());
        root.put("table", schema.table().name());
        root.put("identity", schema.identity());
        ArrayNode columns = root.putArray("columns");
        for (int i = 0; i < schema.columns().size(); i++) {
            Column column = schema.columns().get(i);
            ObjectNode node = columns.addObject();
            node.put("name", column.name());
            node.put("type", column.type().toString());
            node.put("nullable", column.nullable());
            node.put("source", column.sourceType());
            node.put("id", column.id());
            if (column.initial() != null) {
                node.put("initial", column.initial());
            }
            node.put("stored", stored.names().get(i));
            node.put("field", stored.fieldIds().get(i));
        }
        schema.key().forEach(root.putArray("key")::add);
        root.put("before", schema.beforeImage().name());
        stored.spec().partitions().forEach(root.putArray("partitions")::add);
        root.put("deletes", stored.spec().deletes().name());
        stored.taken().stream().sorted().forEach(root.putArray("taken")::add);
        root.put("next", stored.nextId());
        try {
            return JSON.writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new TidemarkException(
                    ErrorCode.INTERNAL, "Cannot describe " + schema.table() + ": its spec is no JSON", e);
        }
    }

    public static StoredSpec read(String text) {
        try {
            return read(JSON.readTree(text));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot read a mirror: what its newest commit says of its columns is not understood",
                    e);
        }
    }

    private static StoredSpec read(JsonNode root) {
        if (root.path("version").asInt() != VERSION) {
            throw new IllegalArgumentException("unknown version");
        }
        List<Column> columns = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<Integer> ids = new ArrayList<>();
        for (JsonNode node : root.path("columns")) {
            columns.add(new Column(
                    node.path("name").asText(),
                    ColumnType.parse(node.path("type").asText()),
                    node.path("nullable").asBoolean(),
                    node.path("source").asText(),
                    node.path("id").asInt(),
                    node.hasNonNull("initial") ? node.get("initial").asText() : null));
            names.add(node.path("stored").asText());
            ids.add(node.path("field").asInt());
        }
        RowSchema schema = new RowSchema(
                new TableId(root.path("schema").asText(), root.path("table").asText()),
                columns,
                texts(root.path("key")),
                BeforeImage.valueOf(root.path("before").asText()),
                root.path("identity").asText());
        LakeTableSpec spec = new LakeTableSpec(
                schema,
                texts(root.path("partitions")),
                DeleteMode.valueOf(root.path("deletes").asText()));
        Set<String> taken = new HashSet<>(texts(root.path("taken")));
        return new StoredSpec(spec, names, ids, taken, root.path("next").asInt());
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(node -> texts.add(node.asText()));
        return texts;
    }
}
