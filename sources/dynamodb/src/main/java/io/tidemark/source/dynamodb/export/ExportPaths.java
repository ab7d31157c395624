package io.tidemark.source.dynamodb.export;

import java.util.Arrays;
import java.util.Optional;

/**
 * Where the files of an export are. They are written to {@code <prefix>/AWSDynamoDB/<export id>/}, the data of a full export to {@code data/} below
 * it, that of an incremental one to {@code <prefix>/AWSDynamoDB/data/}, which all incremental exports of a prefix share. Source: DynamoDB Developer
 * Guide, S3DataExport.Output. An export may have been copied since, so that only what follows {@code AWSDynamoDB/} in a key counts: the location
 * stands for {@code AWSDynamoDB/<export id>}, whatever it is called.
 */
final class ExportPaths {
    private static final String FOLDER = "AWSDynamoDB/";
    private static final String SHARED = "data/";

    private final String location;

    ExportPaths(String location) {
        this.location = location.replaceAll("^/+|/+$", "");
    }

    /** Path of a file in the export's own folder. */
    String own(String file) {
        return location.isEmpty() ? file : location + "/" + file;
    }

    /** Path of a file of which a manifest has the key; empty for a key that is not one of an export. */
    Optional<String> resolve(String key) {
        int folder = ("/" + key).lastIndexOf("/" + FOLDER);
        if (folder < 0 || Arrays.asList(key.split("/", -1)).contains("..")) {
            return Optional.empty();
        }
        String rest = key.substring(folder + FOLDER.length());
        if (rest.startsWith(SHARED)) {
            return location.isEmpty()
                    ? Optional.empty()
                    : Optional.of(location.substring(0, location.lastIndexOf('/') + 1) + rest);
        }
        int own = rest.indexOf('/');
        return own < 0 ? Optional.empty() : Optional.of(own(rest.substring(own + 1)));
    }
}
