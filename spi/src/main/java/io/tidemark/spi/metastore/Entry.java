package io.tidemark.spi.metastore;

/**
 * A value with its version.
 *
 * @param key the key
 * @param version grows with every write of this key, and a key that was deleted and written again never repeats a version
 * @param value text
 */
public record Entry(String key, long version, String value) {
    /** The version to expect when there must be no entry. */
    public static final long ABSENT = 0;
}
