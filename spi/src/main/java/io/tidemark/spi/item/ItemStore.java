package io.tidemark.spi.item;

import java.util.List;
import java.util.Map;

/**
 * Tables of items that a workload writes to. Values are plain Java: String, BigDecimal, Long, Boolean, byte[], List, Map by String, and Set of
 * String, BigDecimal or byte[]. Safe for use by several threads. Every call throws SOURCE codes when the store refuses or does not answer.
 */
public interface ItemStore extends AutoCloseable {
    /** The most writes that one batch or one {@link #writeTogether} takes. */
    int WRITES_MAX = 25;

    /** Where the store is, without secrets. */
    String description();

    /** Makes a table with a stream of new and old images and waits until it can be used; false when it exists already. */
    boolean createTable(ItemTable table);

    boolean exists(String table);

    /** Keys of items, as maps from attribute to value; at most this many, none when there is no such table. */
    List<Map<String, Object>> keys(ItemTable table, int most);

    /** Writes one item. */
    WriteOutcome write(ItemWrite write);

    /** Writes all, each on its own, in any order; puts and deletes only, at most {@link #WRITES_MAX}, each of another item. */
    void writeBatch(List<ItemWrite> writes);

    /** Writes all or none; at most {@link #WRITES_MAX}, each of another item. */
    WriteOutcome writeTogether(List<ItemWrite> writes);

    @Override
    void close();
}
