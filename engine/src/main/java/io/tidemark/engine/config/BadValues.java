package io.tidemark.engine.config;

/** What happens to a row that has a value which the type of its column cannot hold. */
public enum BadValues {
    /** The table fails; nothing is missing from its mirror that is not told. */
    FAIL,
    /** The row is set aside as a dead letter, and the table goes on without it. */
    DEAD_LETTER,
    /** The column is carried as string from then on, and the table is loaded again. */
    STRING
}
