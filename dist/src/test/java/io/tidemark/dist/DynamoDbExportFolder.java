package io.tidemark.dist;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/**
 * Writes what a table holds now, or what changed since an earlier time, as DynamoDB exports it: the layout of the DynamoDB Developer Guide,
 * S3DataExport.Output. Text, numbers and truth values only.
 */
final class DynamoDbExportFolder {
    private final String id;
    private final Path folder;
    private final DynamoDbClient client;
    private final TableDescription table;

    DynamoDbExportFolder(Path root, DynamoDbClient client, String table) {
        this(root, client, table, "01693685827463-2d8752fd");
    }

    DynamoDbExportFolder(Path root, DynamoDbClient client, String table, String id) {
        this.id = id;
        this.folder = root.resolve(table).resolve("AWSDynamoDB").resolve(id);
        this.client = client;
        this.table = client.describeTable(request -> request.tableName(table)).table();
    }

    Path folder() {
        return folder;
    }

    Path file(int number) {
        return folder.resolve("data/part-" + number + ".json.gz");
    }

    /**
     * Writes the export.
     *
     * @param files how many files with items there are; a further one is empty
     * @return the export's time
     */
    Instant write(int files) throws IOException {
        List<List<String>> lines = new ArrayList<>();
        for (int i = 0; i <= files; i++) {
            lines.add(new ArrayList<>());
        }
        int items = 0;
        for (Map<String, AttributeValue> item : items()) {
            lines.get(items++ % files).add("{\"Item\":" + json(item) + "}\n");
        }
        Instant time = Instant.now();
        write(lines, "exports/AWSDynamoDB/" + id + "/data/", folder.resolve("data"), "part-");
        manifest(
                "manifest-summary",
                summary(items, "2020-06-30", "\"exportType\":\"FULL_EXPORT\",\"exportTime\":\"" + time + "\""));
        return time;
    }

    /** What the table holds now, in no order. */
    List<Map<String, AttributeValue>> items() {
        return client.scanPaginator(scan -> scan.tableName(table.tableName()).consistentRead(true)).items().stream()
                .toList();
    }

    /**
     * Writes an incremental export with new images only.
     *
     * @param from begin of its time range
     * @param before what the table held then
     * @return the end of its time range
     */
    Instant writeChanges(Instant from, List<Map<String, AttributeValue>> before) throws IOException {
        List<Map<String, AttributeValue>> after = items();
        List<String> lines = new ArrayList<>();
        for (Map<String, AttributeValue> item : after) {
            if (!before.contains(item)) {
                lines.add(change(item.get("id"), ",\"NewImage\":" + json(item)));
            }
        }
        List<AttributeValue> kept = after.stream().map(item -> item.get("id")).toList();
        for (Map<String, AttributeValue> item : before) {
            if (!kept.contains(item.get("id"))) {
                lines.add(change(item.get("id"), ""));
            }
        }
        Instant time = Instant.now();
        Files.createDirectories(folder);
        write(List.of(lines), "exports/AWSDynamoDB/data/", folder.resolveSibling("data"), id + "-");
        manifest(
                "manifest-summary",
                summary(
                        lines.size(),
                        "2023-08-01",
                        "\"exportType\":\"INCREMENTAL_EXPORT\",\"outputView\":\"NEW_IMAGE\",\"exportFromTime\":\""
                                + from + "\",\"exportToTime\":\"" + time + "\""));
        return time;
    }

    private static String change(AttributeValue id, String image) {
        return "{\"Metadata\":{\"WriteTimestampMicros\":{\"N\":\"1\"}},\"Keys\":{\"id\":" + json(id) + "}" + image
                + "}\n";
    }

    private void write(List<List<String>> lines, String key, Path data, String name) throws IOException {
        Files.createDirectories(data);
        StringBuilder manifest = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            byte[] content = gzip(String.join("", lines.get(i)));
            String file = name + i + ".json.gz";
            Files.write(data.resolve(file), content);
            manifest.append("{\"itemCount\":" + lines.get(i).size() + ",\"md5Checksum\":\"" + md5(content)
                    + "\",\"etag\":\"x-1\",\"dataFileS3Key\":\"" + key + file + "\"}\n");
        }
        manifest("manifest-files", manifest.toString());
    }

    private String summary(int items, String version, String range) {
        return "{\"version\":\"" + version + "\",\"exportArn\":\"" + table.tableArn() + "/export/" + id
                + "\",\"startTime\":\"2026-01-01T00:00:00Z\",\"endTime\":\"2026-01-01T00:00:00Z\",\"tableArn\":\""
                + table.tableArn() + "\",\"tableId\":\"" + table.tableId() + "\"," + range
                + ",\"s3Bucket\":\"exports\",\"s3Prefix\":\"exports\",\"s3SseAlgorithm\":\"AES256\","
                + "\"s3SseKmsKeyId\":null,\"manifestFilesS3Key\":\"exports/AWSDynamoDB/" + id
                + "/manifest-files.json\",\"billedSizeBytes\":100000000000,\"itemCount\":" + items
                + ",\"outputFormat\":\"DYNAMODB_JSON\"}";
    }

    private void manifest(String name, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        Files.write(folder.resolve(name + ".json"), bytes);
        Files.writeString(folder.resolve(name + ".md5"), md5(bytes));
    }

    private static String json(Map<String, AttributeValue> item) {
        return item.entrySet().stream()
                .map(attribute -> "\"" + attribute.getKey() + "\":" + json(attribute.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String json(AttributeValue value) {
        return switch (value.type()) {
            case S -> "{\"S\":\"" + value.s() + "\"}";
            case N -> "{\"N\":\"" + value.n() + "\"}";
            case BOOL -> "{\"BOOL\":" + value.bool() + "}";
            default -> throw new IllegalArgumentException("A test has a value of another type: " + value.type());
        };
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zipped = new GZIPOutputStream(bytes)) {
            zipped.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static String md5(byte[] content) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("MD5").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
