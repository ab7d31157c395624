package io.tidemark.engine.config;

/** The way of existing rows into a mirror. */
public enum SnapshotPath {
    /** Each chunk is written into the mirror by who reads it. */
    DIRECT,
    /** Chunks are written to the lake's storage, and a job on Spark makes the mirror from them. */
    STAGED
}
