package io.tidemark.lake.upsert.index;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What an index says of itself.
 *
 * @param tableUuid UUID of the table
 * @param loadId load of the table whose rows are in it
 * @param version version of the table that it reflects
 */
public record IndexHeader(String tableUuid, String loadId, long version) {
    private static final String FORMAT = "tidemark-key-index-1";

    byte[] write() {
        return String.join("\n", FORMAT, tableUuid, Long.toString(version), loadId)
                .getBytes(StandardCharsets.UTF_8);
    }

    static Optional<IndexHeader> read(byte[] bytes) {
        String[] parts = new String(bytes, StandardCharsets.UTF_8).split("\n", 4);
        if (parts.length != 4 || !parts[0].equals(FORMAT)) {
            return Optional.empty();
        }
        return Optional.of(new IndexHeader(parts[1], parts[3], Long.parseLong(parts[2])));
    }
}
