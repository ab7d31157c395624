package io.tidemark.spi.metastore;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.nio.charset.StandardCharsets;

/** Limits of {@link MetadataStore} on keys and values, which every store checks before anything is sent. */
public final class EntryLimits {
    private static final int KEY_CHARACTERS_MAX = 512;
    private static final int VALUE_BYTES_MAX = 1 << 20;

    private EntryLimits() {}

    /** @throws TidemarkException {@code INVALID_ARGUMENT} for what can be no key */
    public static void checkKey(String key) {
        if (key.isEmpty()) {
            throw refused("the key is empty", key);
        }
        checkPrefix(key);
    }

    /** @throws TidemarkException {@code INVALID_ARGUMENT} for what no key can begin with */
    public static void checkPrefix(String prefix) {
        if (prefix.length() > KEY_CHARACTERS_MAX) {
            throw refused(
                    "the key is longer than " + KEY_CHARACTERS_MAX + " characters", prefix.substring(0, 40) + "...");
        }
        for (int i = 0; i < prefix.length(); i++) {
            char c = prefix.charAt(i);
            if (c < ' ' || c > '~') {
                throw refused("the key is not printable ASCII", prefix.substring(0, i));
            }
        }
    }

    /** @throws TidemarkException {@code LIMIT_EXCEEDED} for a value that is too large, {@code INVALID_ARGUMENT} for what is no text */
    public static void checkValue(String key, String value) {
        // Every UTF-16 unit takes one to three bytes, so most values are decided by their length alone.
        if (value.length() > VALUE_BYTES_MAX
                || (value.length() > VALUE_BYTES_MAX / 3
                        && value.getBytes(StandardCharsets.UTF_8).length > VALUE_BYTES_MAX)) {
            throw new TidemarkException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "Cannot write a metadata entry: the value is larger than " + VALUE_BYTES_MAX + " bytes (key=" + key
                            + ")");
        }
        if (value.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw refused("the value is not text: it holds a zero character or half a surrogate pair", key);
        }
    }

    private static TidemarkException refused(String reason, String key) {
        return new TidemarkException(
                ErrorCode.INVALID_ARGUMENT, "Cannot use a metadata entry: " + reason + " (key=" + key + ")");
    }
}
