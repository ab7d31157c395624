package io.tidemark.spi.schema;

/**
 * One column of a row schema.
 *
 * @param name name as the source spells it
 * @param type type that Tidemark carries
 * @param nullable whether a row may hold null
 * @param sourceType the source's own type, for people and for comparison, for example {@code numeric(12,2)}
 */
public record Column(String name, ColumnType type, boolean nullable, String sourceType) {
    public Column {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("Cannot name a column with an empty name");
        }
    }
}
