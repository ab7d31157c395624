package io.tidemark.lake.delta.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.lake.delta.log.DeltaFile.Vector;
import io.tidemark.lake.delta.schema.TableSchema;
import io.tidemark.lake.upsert.table.ProgressText;
import io.tidemark.spi.lake.LakeProgress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The actions of a commit as JSON. Source: Delta transaction protocol, section "Actions". */
public final class LogActions {
    /** Where the mirror's progress is: a domain of metadata. */
    public static final String DOMAIN = "tidemark";

    /** Distinguishes each of our commits; in the commit's own information. */
    public static final String COMMIT_ID = "tidemarkCommitId";

    /** Application of the {@code txn} action, whose version is the position that was applied. */
    public static final String APPLICATION = "tidemark";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int READER_VERSION = 3;
    private static final int WRITER_VERSION = 7;
    private static final List<String> READER_FEATURES = List.of("columnMapping", "deletionVectors", "timestampNtz");

    private LogActions() {}

    /** What was done, by whom; the first action of a commit. */
    public static ObjectNode commitInfo(String operation, String commitId, long millis) {
        ObjectNode info = JSON.createObjectNode()
                .put("timestamp", millis)
                .put("operation", operation)
                .put("engineInfo", "Tidemark")
                .put("txnId", commitId)
                .put(COMMIT_ID, commitId)
                .put("isBlindAppend", false);
        info.putObject("operationParameters");
        return action("commitInfo", info);
    }

    /** What a reader and a writer of the table have to know. */
    public static ObjectNode protocol() {
        ObjectNode protocol =
                JSON.createObjectNode().put("minReaderVersion", READER_VERSION).put("minWriterVersion", WRITER_VERSION);
        ArrayNode readers = protocol.putArray("readerFeatures");
        READER_FEATURES.forEach(readers::add);
        ArrayNode writers = protocol.putArray("writerFeatures");
        READER_FEATURES.forEach(writers::add);
        writers.add("domainMetadata");
        return action("protocol", protocol);
    }

    /** Columns and properties of a table. */
    public static ObjectNode metadata(
            String id, TableSchema schema, Map<String, String> configuration, long createdMillis) {
        ObjectNode metadata = JSON.createObjectNode().put("id", id);
        metadata.putObject("format").put("provider", "parquet").putObject("options");
        metadata.put("schemaString", schema.text());
        schema.partitionColumns().forEach(metadata.putArray("partitionColumns")::add);
        ObjectNode properties = metadata.putObject("configuration");
        new TreeMap<>(configuration).forEach(properties::put);
        metadata.put("createdTime", createdMillis);
        return action("metaData", metadata);
    }

    /** The mirror's progress. */
    public static ObjectNode progress(LakeProgress progress) {
        ObjectNode pairs = JSON.createObjectNode();
        ProgressText.write(progress).forEach(pairs::put);
        return action(
                "domainMetadata",
                JSON.createObjectNode()
                        .put("domain", DOMAIN)
                        .put("configuration", pairs.toString())
                        .put("removed", false));
    }

    /** The position that was applied, for programs that look there. */
    public static ObjectNode transaction(LakeProgress progress, long millis) {
        return action(
                "txn",
                JSON.createObjectNode()
                        .put("appId", APPLICATION)
                        .put("version", progress.applied().value())
                        .put("lastUpdated", millis));
    }

    /** @param isDataChange whether rows change, and not only where they are */
    public static ObjectNode add(DeltaFile file, boolean isDataChange) {
        ObjectNode add = JSON.createObjectNode().put("path", Paths.encode(file.path()));
        addPartition(add, file);
        add.put("size", file.bytes())
                .put("modificationTime", file.modifiedMillis())
                .put("dataChange", isDataChange)
                .put("stats", file.stats());
        addVector(add, file);
        return action("add", add);
    }

    public static ObjectNode remove(DeltaFile file, boolean isDataChange, long millis) {
        ObjectNode remove = JSON.createObjectNode()
                .put("path", Paths.encode(file.path()))
                .put("deletionTimestamp", millis)
                .put("dataChange", isDataChange)
                .put("extendedFileMetadata", true);
        addPartition(remove, file);
        remove.put("size", file.bytes());
        addVector(remove, file);
        return action("remove", remove);
    }

    static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            return JSON.missingNode();
        }
    }

    private static void addPartition(ObjectNode action, DeltaFile file) {
        ObjectNode values = action.putObject("partitionValues");
        file.partition().forEach(values::put);
    }

    private static void addVector(ObjectNode action, DeltaFile file) {
        Vector vector = file.vector();
        if (vector == null) {
            return;
        }
        ObjectNode node = action.putObject("deletionVector")
                .put("storageType", vector.storageType())
                .put("pathOrInlineDv", vector.text());
        if (vector.offset() != null) {
            node.put("offset", vector.offset());
        }
        node.put("sizeInBytes", vector.sizeInBytes()).put("cardinality", vector.cardinality());
    }

    private static ObjectNode action(String name, ObjectNode content) {
        ObjectNode action = JSON.createObjectNode();
        action.set(name, content);
        return action;
    }
}
