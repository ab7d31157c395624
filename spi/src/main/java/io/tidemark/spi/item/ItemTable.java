package io.tidemark.spi.item;

import java.util.List;

/**
 * A table.
 *
 * @param name its name
 * @param key attributes of the key: one, or one for the partition and one for the order in it
 */
public record ItemTable(String name, List<KeyAttribute> key) {
    public ItemTable {
        key = List.copyOf(key);
        if (key.isEmpty() || key.size() > 2) {
            throw new IllegalArgumentException("Cannot describe table " + name + ": a key has one or two attributes");
        }
    }

    /** Types of keys. */
    public enum KeyType {
        TEXT,
        NUMBER
    }

    /**
     * An attribute of a key.
     *
     * @param name its name
     * @param type its type
     */
    public record KeyAttribute(String name, KeyType type) {}
}
