package io.tidemark.engine.config;

/** What applies slices to a mirror. */
public enum ApplyEngine {
    /** The worker's own process. */
    LOCAL,
    /** Jobs on Spark. */
    SPARK
}
