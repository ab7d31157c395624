package io.tidemark.spi.item;

import java.util.Map;

/**
 * A write of one item.
 *
 * @param kind what is done
 * @param table name of the table
 * @param key the item's key
 * @param attributes for a put all others, for an update those that change; none for a delete
 */
public record ItemWrite(Kind kind, String table, Map<String, Object> key, Map<String, Object> attributes) {
    public ItemWrite {
        key = Map.copyOf(key);
        attributes = Map.copyOf(attributes);
    }

    /** What is done with an item. */
    public enum Kind {
        /** The item is there with these attributes only, whether it was before or not. */
        PUT,
        /** An item that is there gets these attributes. */
        UPDATE,
        /** An item that is there is deleted; in a batch, also one that is not. */
        DELETE
    }

    public static ItemWrite put(String table, Map<String, Object> key, Map<String, Object> attributes) {
        return new ItemWrite(Kind.PUT, table, key, attributes);
    }

    public static ItemWrite update(String table, Map<String, Object> key, Map<String, Object> attributes) {
        return new ItemWrite(Kind.UPDATE, table, key, attributes);
    }

    public static ItemWrite delete(String table, Map<String, Object> key) {
        return new ItemWrite(Kind.DELETE, table, key, Map.of());
    }
}
