package io.tidemark.engine.signal;

/** Contents of the markers that the pipeline puts into its own change stream. */
public final class Marker {
    /** Asks capture to seal the open slice at the marker's transaction. */
    public static final String SEAL = "seal";

    /** Gives an idle database something to log. */
    public static final String HEARTBEAT = "heartbeat";

    private Marker() {}
}
