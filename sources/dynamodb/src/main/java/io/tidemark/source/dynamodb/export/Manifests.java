package io.tidemark.source.dynamodb.export;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.ExportFormat;
import software.amazon.awssdk.services.dynamodb.model.ExportType;

/**
 * The manifests of an export, each of which is only looked at when its MD5 is right. Source: DynamoDB Developer Guide, S3DataExport.Output,
 * "Manifest files". The guide names the files of their MD5s {@code .checksum}; exports have {@code .md5} (as listings of many show), with base64
 * in them: either is taken.
 */
final class Manifests {
    private static final String SUMMARY = "manifest-summary";
    private static final String FILES = "manifest-files";
    private static final List<String> CHECKSUMS = List.of(".md5", ".checksum");

    /** Of full and of incremental exports. */
    private static final Set<String> VERSIONS = Set.of("2020-06-30", "2023-08-01");

    /** Some 300,000 files. */
    private static final int BYTES_MAX = 64 << 20;

    private static final JsonFactory FACTORY = new JsonFactory();

    private final ExportStore store;
    private final ExportPaths paths;

    Manifests(ExportStore store, ExportPaths paths) {
        this.store = store;
        this.paths = paths;
    }

    ExportSummary summary() {
        List<Map<String, String>> found = objects(SUMMARY);
        String name = name(SUMMARY);
        if (found.size() != 1) {
            throw ExportErrors.unknown(name, "it is not one JSON object (found=" + found.size() + ")");
        }
        Map<String, String> fields = found.get(0);
        requireKnown(name, "version", required(name, fields, "version"), VERSIONS);
        String format = required(name, fields, "outputFormat");
        requireKnown(name, "outputFormat", format, names(ExportFormat.knownValues()));
        // Exports from before there were incremental ones do not say it.
        String type = fields.getOrDefault("exportType", ExportType.FULL_EXPORT.toString());
        requireKnown(name, "exportType", type, names(ExportType.knownValues()));
        boolean isFull = ExportType.fromValue(type) == ExportType.FULL_EXPORT;
        return new ExportSummary(
                required(name, fields, "exportArn"),
                required(name, fields, "tableArn"),
                required(name, fields, "tableId"),
                ExportType.fromValue(type),
                ExportFormat.fromValue(format),
                isFull ? null : time(name, fields, "exportFromTime"),
                time(name, fields, isFull ? "exportTime" : "exportToTime"),
                number(name, fields, "itemCount"),
                number(name, fields, "billedSizeBytes"));
    }

    List<DataFile> files(ExportSummary summary) {
        String name = name(FILES);
        List<DataFile> files = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        long items = 0;
        for (Map<String, String> fields : objects(FILES)) {
            String key = required(name, fields, "dataFileS3Key");
            if (!seen.add(key)) {
                throw ExportErrors.unknown(name, "a file is there twice (file=" + key + ")");
            }
            long count = number(name, fields, "itemCount");
            String path = paths.resolve(key)
                    .orElseThrow(() -> ExportErrors.unknown(
                            name, "a key does not lie in the folder AWSDynamoDB of an export (key=" + key + ")"));
            files.add(new DataFile(path, count, required(name, fields, "md5Checksum")));
            items += count;
        }
        if (items != summary.itemCount()) {
            throw ExportErrors.differing(
                    name, "its numbers of items do not add up to that of " + SUMMARY, summary.itemCount(), items);
        }
        return List.copyOf(files);
    }

    /** The objects of a manifest, each with its fields as text; nulls and what is nested are left out. */
    private List<Map<String, String>> objects(String manifest) {
        byte[] content = checked(manifest);
        List<Map<String, String>> objects = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(content)) {
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                objects.add(fields(parser));
            }
            if (parser.currentToken() != null) {
                throw ExportErrors.unknown(
                        name(manifest), "it is no list of JSON objects (found=" + parser.currentToken() + ")");
            }
        } catch (JacksonException e) {
            throw ExportErrors.unknown(name(manifest), "it is no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw SummedStream.failed(name(manifest), e);
        }
        return objects;
    }

    private static Map<String, String> fields(JsonParser parser) throws IOException {
        Map<String, String> fields = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken token = parser.nextToken();
            if (token.isStructStart()) {
                parser.skipChildren();
            } else if (token != JsonToken.VALUE_NULL) {
                fields.put(field, parser.getText());
            }
        }
        return fields;
    }

    private byte[] checked(String manifest) {
        String name = name(manifest);
        byte[] content = find(paths.own(manifest + ".json"));
        if (content == null) {
            throw new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot open export: there is no file " + name,
                    "Name the folder AWSDynamoDB/<export id> of an export that has ended; it writes its manifests last.",
                    null);
        }
        for (String suffix : CHECKSUMS) {
            byte[] checksum = find(paths.own(manifest + suffix));
            if (checksum != null) {
                String expected = new String(checksum, StandardCharsets.US_ASCII).strip();
                String found = SummedStream.md5(content);
                if (!found.equals(expected)) {
                    throw ExportErrors.differing(name, "its MD5 is not that of " + manifest + suffix, expected, found);
                }
                return content;
            }
        }
        throw ExportErrors.differing(name, "the file with its MD5 is missing", manifest + CHECKSUMS.get(0), "none");
    }

    private byte @Nullable [] find(String path) {
        try (InputStream in = store.open(path)) {
            byte[] content = in.readNBytes(BYTES_MAX + 1);
            if (content.length > BYTES_MAX) {
                throw new TidemarkException(
                        ErrorCode.LIMIT_EXCEEDED,
                        "Cannot open export: a manifest is larger than " + (BYTES_MAX >> 20) + " MiB (file="
                                + store.name(path) + ")");
            }
            return content;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw SummedStream.failed(store.name(path), e);
        }
    }

    private String name(String manifest) {
        return store.name(paths.own(manifest + ".json"));
    }

    private static void requireKnown(String name, String field, String value, Set<String> known) {
        if (!known.contains(value)) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_VERSION,
                    "Cannot read export file " + name + ": its " + field + " is not known (expected one of "
                            + known.stream().sorted().toList() + ", found=" + value + ")",
                    "Use a release of Tidemark that knows it, or make an export in a format that this one knows.",
                    null);
        }
    }

    private static String required(String name, Map<String, String> fields, String field) {
        String value = fields.get(field);
        if (value == null) {
            throw ExportErrors.unknown(name, "a field is missing (field=" + field + ")");
        }
        return value;
    }

    private static Instant time(String name, Map<String, String> fields, String field) {
        String value = required(name, fields, field);
        try {
            return Instant.parse(value);
        } catch (DateTimeException e) {
            throw ExportErrors.unknown(name, "a field is no time (field=" + field + ", found=" + value + ")");
        }
    }

    private static long number(String name, Map<String, String> fields, String field) {
        String value = required(name, fields, field);
        if (!value.matches("[0-9]{1,18}")) {
            throw ExportErrors.unknown(name, "a field is no number (field=" + field + ", found=" + value + ")");
        }
        return Long.parseLong(value);
    }

    private static Set<String> names(Set<?> values) {
        Set<String> names = new HashSet<>();
        values.forEach(value -> names.add(value.toString()));
        return names;
    }
}
