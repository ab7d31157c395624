package io.tidemark.source.dynamodb.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/** Writes an export by hand, in the layout of the DynamoDB Developer Guide, S3DataExport.Output. */
public final class ExportFolder {
    public static final String ID = "01693685827463-2d8752fd";

    private final Path root;
    private final String prefix;
    private final Map<String, String> summary = new LinkedHashMap<>();
    private final StringBuilder files = new StringBuilder();
    private long items;

    /** @param prefix with a slash at its end, or empty */
    public ExportFolder(Path root, String prefix) {
        this.root = root;
        this.prefix = prefix;
        summary.put("version", "\"2020-06-30\"");
        summary.put("exportArn", "\"arn:aws:dynamodb:us-east-1:123456789012:table/Books/export/" + ID + "\"");
        summary.put("startTime", "\"2020-11-04T07:28:34.028Z\"");
        summary.put("endTime", "\"2020-11-04T07:33:43.897Z\"");
        summary.put("tableArn", "\"arn:aws:dynamodb:us-east-1:123456789012:table/Books\"");
        summary.put("tableId", "\"12345a12-abcd-123a-ab12-1234abc12345\"");
        summary.put("exportTime", "\"2020-11-04T07:28:34.028Z\"");
        summary.put("s3Bucket", "\"exports\"");
        summary.put("s3Prefix", "\"" + prefix + "\"");
        summary.put("s3SseAlgorithm", "\"AES256\"");
        summary.put("s3SseKmsKeyId", "null");
        summary.put("manifestFilesS3Key", "\"" + prefix + "AWSDynamoDB/" + ID + "/manifest-files.json\"");
        summary.put("billedSizeBytes", "20901239349");
        summary.put("outputFormat", "\"DYNAMODB_JSON\"");
        summary.put("exportType", "\"FULL_EXPORT\"");
    }

    /** An incremental export, as the guide has one. */
    public static ExportFolder incremental(Path root, String prefix) {
        ExportFolder folder = new ExportFolder(root, prefix);
        folder.summary.remove("exportTime");
        return folder.with("version", "\"2023-08-01\"")
                .with("exportFromTime", "\"2023-09-18T17:00:00.000Z\"")
                .with("exportToTime", "\"2023-09-19T04:00:00.000Z\"")
                .with("outputView", "\"NEW_AND_OLD_IMAGES\"")
                .with("exportType", "\"INCREMENTAL_EXPORT\"");
    }

    /** Sets a field of the summary to some JSON. */
    public ExportFolder with(String field, String json) {
        summary.put(field, json);
        return this;
    }

    ExportFolder without(String field) {
        summary.remove(field);
        return this;
    }

    String location() {
        return prefix + "AWSDynamoDB/" + ID;
    }

    /** Adds a file of records, one a line, to the export's own folder. */
    public ExportFolder file(String name, List<String> lines) {
        return file(ID + "/data/" + name, lines.size(), gzip(lines));
    }

    /** Adds a file to the folder that incremental exports share. */
    public ExportFolder shared(String name, List<String> lines) {
        return file("data/" + name, lines.size(), gzip(lines));
    }

    ExportFolder file(String key, long count, byte[] content) {
        items += count;
        line(prefix + "AWSDynamoDB/" + key, count, SummedStream.md5(content));
        put("AWSDynamoDB/" + key, content);
        return this;
    }

    /** Adds a line to the files manifest, and no file. */
    ExportFolder line(String key, long count, String md5) {
        files.append("{\"itemCount\":%d,\"md5Checksum\":\"%s\",\"etag\":\"af83d6f2-1\",\"dataFileS3Key\":\"%s\"}\n"
                .formatted(count, md5, key));
        return this;
    }

    /** Writes the manifests. */
    public ExportFolder write() {
        return write("md5");
    }

    ExportFolder write(String checksumSuffix) {
        summary.putIfAbsent("itemCount", Long.toString(items));
        String json = summary.entrySet().stream()
                .map(field -> "\"" + field.getKey() + "\":" + field.getValue())
                .collect(Collectors.joining(",", "{", "}"));
        manifest("manifest-summary", json, checksumSuffix);
        manifest("manifest-files", files.toString(), checksumSuffix);
        own("_started", "");
        return this;
    }

    private void manifest(String name, String content, String suffix) {
        own(name + ".json", content);
        own(name + "." + suffix, SummedStream.md5(content.getBytes(StandardCharsets.UTF_8)));
    }

    /** Writes a file of the export's own folder. */
    void own(String name, String content) {
        put("AWSDynamoDB/" + ID + "/" + name, content.getBytes(StandardCharsets.UTF_8));
    }

    public Path path(String key) {
        return root.resolve(prefix + "AWSDynamoDB/" + key);
    }

    private void put(String key, byte[] content) {
        try {
            Path file = root.resolve(prefix + key);
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] gzip(List<String> lines) {
        return gzip(lines.stream()
                .map(line -> line + "\n")
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8));
    }

    static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zipped = new GZIPOutputStream(bytes)) {
            zipped.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
