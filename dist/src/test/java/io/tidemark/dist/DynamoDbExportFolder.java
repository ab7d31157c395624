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
 * Writes what a table holds now as DynamoDB exports it: the layout of the DynamoDB Developer Guide, S3DataExport.Output. Text, numbers and truth values
 * only.
 */
final class DynamoDbExportFolder {
    private static final String ID = "01693685827463-2d8752fd";

    private final Path folder;
    private final DynamoDbClient client;
    private final TableDescription table;

    DynamoDbExportFolder(Path root, DynamoDbClient client, String table) {
        this.folder = root.resolve(table).resolve("AWSDynamoDB").resolve(ID);
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
        for (Map<String, AttributeValue> item : client.scanPaginator(
                        scan -> scan.tableName(table.tableName()).consistentRead(true))
                .items()) {
            lines.get(items++ % files).add("{\"Item\":" + json(item) + "}\n");
        }
        Instant time = Instant.now();
        Files.createDirectories(folder.resolve("data"));
        StringBuilder manifest = new StringBuilder();
        for (int i = 0; i <= files; i++) {
            byte[] content = gzip(String.join("", lines.get(i)));
            Files.write(file(i), content);
            manifest.append("{\"itemCount\":" + lines.get(i).size() + ",\"md5Checksum\":\"" + md5(content)
                    + "\",\"etag\":\"x-1\",\"dataFileS3Key\":\"exports/AWSDynamoDB/" + ID + "/data/"
                    + file(i).getFileName() + "\"}\n");
        }
        manifest("manifest-files", manifest.toString());
        manifest("manifest-summary", summary(time, items));
        return time;
    }

    private String summary(Instant time, int items) {
        return "{\"version\":\"2020-06-30\",\"exportArn\":\"" + table.tableArn() + "/export/" + ID
                + "\",\"startTime\":\"" + time + "\",\"endTime\":\"" + time + "\",\"tableArn\":\"" + table.tableArn()
                + "\",\"tableId\":\"" + table.tableId() + "\",\"exportTime\":\"" + time
                + "\",\"s3Bucket\":\"exports\",\"s3Prefix\":\"exports\",\"s3SseAlgorithm\":\"AES256\","
                + "\"s3SseKmsKeyId\":null,\"manifestFilesS3Key\":\"exports/AWSDynamoDB/" + ID
                + "/manifest-files.json\",\"billedSizeBytes\":100000000000,\"itemCount\":" + items
                + ",\"outputFormat\":\"DYNAMODB_JSON\",\"exportType\":\"FULL_EXPORT\"}";
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
