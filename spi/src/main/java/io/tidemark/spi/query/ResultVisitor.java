package io.tidemark.spi.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Receives a result: the columns once, then each row. */
public interface ResultVisitor {
    /**
     * @param names column names
     * @param types types in the engine's words
     */
    void columns(List<String> names, List<String> types);

    /** Values as Java objects: Boolean, Number, BigDecimal, String, byte[], java.time types, List, Map; null for null. */
    void row(List<@Nullable Object> values);
}
