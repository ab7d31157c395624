package io.tidemark.engine.config;

/** The time by which slices are cut. */
public enum SliceTime {
    /** When events arrive. */
    ARRIVAL,
    /** When they happened, as the source says; of sources with partitions only. */
    EVENT_TIME
}
