package io.tidemark.engine.metadata;

import io.tidemark.spi.schema.TableId;
import java.nio.charset.StandardCharsets;

/** Keys of a pipeline in the metadata store. */
public final class Keys {
    public static final String TABLES = "tables/";
    public static final String PROGRESS = "progress/";
    public static final String WORK = "work/";
    public static final String HOLDS = "holds/";
    public static final String REPAIRS = "repairs/";
    public static final String LOADS = "loads/";
    public static final String LOSSES = "losses/";
    public static final String CUTS = "cuts/";
    public static final String CERTIFICATES = "certificates/";
    public static final String DEAD_LETTERS = "dead-letters/";

    /** Where it is said that {@link #DEAD_LETTERS} holds all open letters. */
    public static final String DEAD_LETTERS_LISTED = "dead-letters-listed";

    public static final String ROLES = "roles/";
    public static final String CAPTURE = "capture";

    /** Whether the source keeps more log than it may, and what was done about it. */
    public static final String RETAINED_LOG = "retained-log";

    /** Which database the pipeline mirrors. */
    public static final String SOURCE = "source";

    public static final String FORMAT = "format";

    /** What helpers of capture are to read, by the number of the helper. */
    public static final String SHARES = "capture-shares/";

    /** What helpers of capture say of themselves. */
    public static final String HELPERS = "capture-helpers/";

    private Keys() {}

    /** {@code prefix} and the table's name; other characters than letters, digits, {@code _} and {@code -} are written as {@code %XX}. */
    public static String of(String prefix, TableId table) {
        return prefix + escape(table.schema()) + "." + escape(table.name());
    }

    /** A number that sorts as text. */
    public static String of(String prefix, long number) {
        String digits = Long.toString(number);
        return prefix + "0".repeat(20 - digits.length()) + digits;
    }

    /** Name parts with the characters that keys and file names may hold. */
    public static String escape(String part) {
        StringBuilder escaped = new StringBuilder(part.length());
        for (byte b : part.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean plain =
                    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
            if (plain) {
                escaped.append(c);
            } else {
                escaped.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return escaped.toString();
    }
}
