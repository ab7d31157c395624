package io.tidemark.lake.upsert.table;

import io.tidemark.spi.schema.TableId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Folders of tables: the names themselves where these are lower-case letters, digits, {@code _} and {@code -}; else the same with other
 * characters as {@code _}, and eight hexadecimal digits of the name's SHA-256. So they are readable, valid in every file system and URI, and
 * names that differ only in case stay apart where file systems ignore case.
 */
public final class TableFolders {
    private static final Pattern PLAIN = Pattern.compile("[a-z0-9_][a-z0-9_-]{0,62}");
    private static final int KEPT_LENGTH_MAX = 63;
    private static final int HASH_BYTES = 4;

    private TableFolders() {}

    /** {@code schema/table}. */
    public static String of(TableId table) {
        return of(table.schema()) + "/" + of(table.name());
    }

    static String of(String name) {
        if (PLAIN.matcher(name).matches()) {
            return name;
        }
        String kept = name.replaceAll("[^A-Za-z0-9_-]", "_");
        kept = kept.substring(0, Math.min(kept.length(), KEPT_LENGTH_MAX));
        return kept + "-" + hash(name);
    }

    private static String hash(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Cannot name a folder: this JVM has no SHA-256", e);
        }
    }
}
