package io.tidemark.source.postgres.slot;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * Names of what a pipeline makes in the database.
 *
 * @param pipeline the pipeline
 * @param slot replication slot
 * @param publication publication of tables whose rows can be told apart: all operations
 */
public record CaptureNames(String pipeline, String slot, String publication) {
    /** Longest name that Postgres keeps. */
    static final int NAME_BYTES_MAX = 63;

    private static final String INSERTS = "_inserts";

    public CaptureNames {
        if (!slot.matches("[a-z0-9_]{1,63}")) {
            throw new IllegalArgumentException("must hold 1 to 63 of a-z, 0-9 and _");
        }
        int bytes = publication.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > NAME_BYTES_MAX - INSERTS.length()) {
            throw new IllegalArgumentException("must be 1 to " + (NAME_BYTES_MAX - INSERTS.length()) + " bytes long");
        }
    }

    /** The default for slot and publication. */
    public static String defaultName(String pipeline) {
        String lower = pipeline.toLowerCase(Locale.ROOT).replace('-', '_');
        String plain = "tidemark_" + lower.replaceAll("[^a-z0-9_]", "_");
        int most = NAME_BYTES_MAX - INSERTS.length();
        if (plain.equals("tidemark_" + lower) && plain.length() <= most) {
            return plain;
        }
        // A checksum keeps names apart that became equal.
        CRC32 checksum = new CRC32();
        checksum.update(pipeline.getBytes(StandardCharsets.UTF_8));
        String suffix = "_" + HexFormat.of().toHexDigits(checksum.getValue(), 8);
        return plain.substring(0, Math.min(plain.length(), most - suffix.length())) + suffix;
    }

    /**
     * Publication of tables whose rows cannot be told apart: inserts and truncates. They must not be in the other one, because Postgres would
     * then refuse the users' own updates and deletes.
     */
    public String insertsPublication() {
        return publication + INSERTS;
    }

    /** Both publications. */
    public List<String> publications() {
        return List.of(publication, insertsPublication());
    }
}
