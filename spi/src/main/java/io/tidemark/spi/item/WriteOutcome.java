package io.tidemark.spi.item;

/** How a write ended. */
public enum WriteOutcome {
    /** It is durable. */
    WRITTEN,
    /** An item that was to be changed or deleted is not there; nothing was written. */
    MISSED,
    /** Another transaction holds one of the items; nothing was written, and the same write can be tried again. */
    CONFLICT
}
