package io.tidemark.lake.hudi.schema;

import io.tidemark.spi.schema.TableId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Folders of tables: readable, valid in every file system, and apart for names that differ only in case. A name of lower-case letters, digits,
 * {@code _} and {@code -} is its own folder; any other gets a part of its hash.
 */
public final class MirrorFolders {
    private static final Pattern PLAIN = Pattern.compile("[a-z0-9_][a-z0-9_-]{0,62}");
    private static final int READABLE_LENGTH_MAX = 63;
    private static final int HASH_BYTES = 4;

    private MirrorFolders() {}

    /** {@code schema/table}. */
    public static String of(TableId table) {
        return part(table.schema()) + "/" + part(table.name());
    }

    private static String part(String name) {
        if (PLAIN.matcher(name).matches()) {
            return name;
        }
        String readable = name.replaceAll("[^A-Za-z0-9_-]", "_");
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return readable.substring(0, Math.min(readable.length(), READABLE_LENGTH_MAX)) + "-"
                    + HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Cannot name a folder: this JVM has no SHA-256", e);
        }
    }
}
