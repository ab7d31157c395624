package io.tidemark.spi.schema;

/** What the source logs of a row as it was before an update or delete. */
public enum BeforeImage {
    /** The key columns, when the key changed or the row was deleted. */
    KEY,
    /** All columns, always. */
    FULL,
    /** Nothing: only inserts (and truncates) of this table can be captured. */
    NONE
}
