package io.tidemark.slices;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.EventInterval;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceManifest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Manifests as JSON. Reading refuses what is missing or of another type with a reason; unknown fields are left for later versions. */
final class ManifestJson {

    private ManifestJson() {}

    static ObjectNode write(String pipeline, SliceManifest manifest) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("format", SliceManifests.FORMAT);
        root.put("pipeline", pipeline);
        root.put("sequence", manifest.sequence());
        root.put("name", manifest.name());
        root.put("start", manifest.start().toString());
        root.put("end", manifest.end().toString());
        EventInterval interval = manifest.interval();
        if (interval != null) {
            root.put("intervalStart", interval.start().toString());
            root.put("intervalEnd", interval.end().toString());
        }
        root.set("after", position(manifest.after()));
        root.set("through", position(manifest.through()));
        root.put("resumeToken", manifest.resumeToken());
        root.put("fence", manifest.fence());
        root.put("newestCommit", manifest.files().isEmpty() ? null : instant(manifest.newestCommitMicros()));
        root.put("previousManifestSha256", manifest.previousChecksum());
        root.put("rows", manifest.rows());
        root.put("bytes", manifest.bytes());
        ArrayNode files = root.putArray("files");
        manifest.files().forEach(file -> files.add(file(file)));
        return root;
    }

    static SliceManifest read(JsonNode root, String path, String checksum) {
        String format = text(root, "format");
        if (!format.equals(SliceManifests.FORMAT)) {
            throw new IllegalArgumentException(
                    "unknown format " + format + ", this version reads " + SliceManifests.FORMAT);
        }
        String folder = SliceNames.folderOf(path);
        List<SliceFile> files = new ArrayList<>();
        for (JsonNode file : array(root, "files")) {
            files.add(file(file, folder));
        }
        return new SliceManifest(
                number(root, "sequence"),
                text(root, "name"),
                Instant.parse(text(root, "start")),
                Instant.parse(text(root, "end")),
                position(root, "after"),
                position(root, "through"),
                text(root, "resumeToken"),
                number(root, "fence"),
                files.isEmpty() ? 0 : micros(text(root, "newestCommit")),
                text(root, "previousManifestSha256"),
                path,
                checksum,
                files,
                interval(root));
    }

    /** Checks the manifest's figures against each other. */
    static void requireSums(JsonNode root, SliceManifest manifest) {
        require(manifest.rows() == number(root, "rows"), "rows differ from the sum over the files");
        require(manifest.bytes() == number(root, "bytes"), "bytes differ from the sum over the files");
        require(manifest.sequence() >= 1, "sequence is less than 1");
        require(!manifest.through().isBefore(manifest.after()), "through lies before after");
        require(
                manifest.name().equals(SliceNames.slice(manifest.start(), manifest.end())),
                "name differs from start and end");
        for (int i = 0; i < manifest.files().size(); i++) {
            SliceFile file = manifest.files().get(i);
            long befores = number(root.get("files").get(i), "befores");
            require(
                    file.rows() > 0
                            && file.rows()
                                    == file.inserts() + file.updates() + befores + file.deletes() + file.truncates(),
                    "rows of file " + i + " differ from the sum over its operations");
            require(
                    file.first().isAfter(manifest.after())
                            && !file.last().isBefore(file.first())
                            && !file.last().isAfter(manifest.through()),
                    "positions of file " + i + " lie outside the slice");
        }
    }

    private static @Nullable EventInterval interval(JsonNode root) {
        return root.hasNonNull("intervalStart") || root.hasNonNull("intervalEnd")
                ? new EventInterval(
                        Instant.parse(text(root, "intervalStart")), Instant.parse(text(root, "intervalEnd")))
                : null;
    }

    private static ObjectNode file(SliceFile file) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        RowSchema schema = file.schema();
        node.put("file", file.path().substring(SliceNames.folderOf(file.path()).length()));
        node.putObject("table")
                .put("schema", schema.table().schema())
                .put("name", schema.table().name())
                .put("identity", schema.identity());
        node.put("rows", file.rows());
        node.put("inserts", file.inserts());
        node.put("updates", file.updates());
        node.put("befores", file.rows() - file.inserts() - file.updates() - file.deletes() - file.truncates());
        node.put("deletes", file.deletes());
        node.put("truncates", file.truncates());
        node.put("bytes", file.bytes());
        node.put("sha256", file.sha256());
        node.set("first", position(file.first()));
        node.set("last", position(file.last()));
        node.put("newestCommit", instant(file.newestCommitMicros()));
        node.put("beforeImage", schema.beforeImage().name().toLowerCase(Locale.ROOT));
        ArrayNode key = node.putArray("key");
        schema.key().forEach(key::add);
        ArrayNode columns = node.putArray("columns");
        for (Column column : schema.columns()) {
            ObjectNode described = columns.addObject()
                    .put("name", column.name())
                    .put("type", column.type().toString())
                    .put("nullable", column.nullable())
                    .put("sourceType", column.sourceType())
                    .put("id", column.id());
            if (column.initial() != null) {
                described.put("initial", column.initial());
            }
        }
        return node;
    }

    private static SliceFile file(JsonNode node, String folder) {
        String name = text(node, "file");
        require(!name.isEmpty() && !name.contains("/"), "the name of a file is not a plain name");
        JsonNode table = field(node, "table");
        List<Column> columns = new ArrayList<>();
        for (JsonNode column : array(node, "columns")) {
            columns.add(new Column(
                    text(column, "name"),
                    ColumnType.parse(text(column, "type")),
                    flag(column, "nullable"),
                    text(column, "sourceType"),
                    column.path("id").asInt(),
                    column.hasNonNull("initial") ? column.get("initial").asText() : null));
        }
        List<String> key = new ArrayList<>();
        for (JsonNode column : array(node, "key")) {
            key.add(column.asText());
        }
        RowSchema schema = new RowSchema(
                new TableId(text(table, "schema"), text(table, "name")),
                columns,
                key,
                BeforeImage.valueOf(text(node, "beforeImage").toUpperCase(Locale.ROOT)),
                table.path("identity").asText());
        return new SliceFile(
                folder + name,
                schema,
                number(node, "rows"),
                number(node, "inserts"),
                number(node, "updates"),
                number(node, "deletes"),
                number(node, "truncates"),
                number(node, "bytes"),
                text(node, "sha256"),
                position(node, "first"),
                position(node, "last"),
                micros(text(node, "newestCommit")));
    }

    /** Both forms of a position: for people, and the hexadecimal one that is read back. */
    private static ObjectNode position(Position position) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("position", position.toString())
                .put("hex", position.toHex());
    }

    private static Position position(JsonNode parent, String name) {
        return Position.ofHex(text(field(parent, name), "hex"));
    }

    private static String instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }

    private static long micros(String instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(instant));
    }

    private static JsonNode field(JsonNode parent, String name) {
        @Nullable JsonNode field = parent.get(name);
        if (field == null || field.isNull()) {
            throw new IllegalArgumentException("field " + name + " is missing");
        }
        return field;
    }

    private static String text(JsonNode parent, String name) {
        JsonNode field = field(parent, name);
        require(field.isTextual(), "field " + name + " is not a text");
        return field.asText();
    }

    private static long number(JsonNode parent, String name) {
        JsonNode field = field(parent, name);
        require(field.isIntegralNumber() && field.canConvertToLong(), "field " + name + " is not a whole number");
        return field.asLong();
    }

    private static boolean flag(JsonNode parent, String name) {
        JsonNode field = field(parent, name);
        require(field.isBoolean(), "field " + name + " is not true or false");
        return field.asBoolean();
    }

    private static JsonNode array(JsonNode parent, String name) {
        JsonNode field = field(parent, name);
        require(field.isArray(), "field " + name + " is not a list");
        return field;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
