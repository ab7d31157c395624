package io.tidemark.workload.run;

/** Writes to a database like an application does. {@link #stop} may be called by any thread; one load or run at a time. */
public interface Workload {
    /** Whether rows were loaded, or written, before. */
    boolean hasRows();

    /**
     * Fills the tables.
     *
     * @throws io.tidemark.spi.error.TidemarkException INVALID_ARGUMENT when there are rows already; SOURCE codes when the database refuses
     */
    LoadResult load(LoadOptions options);

    /**
     * Writes until the duration has passed, {@link #stop} is called or this thread is interrupted (its interrupt stays set).
     *
     * @param listener called about once a second by this thread
     * @throws io.tidemark.spi.error.TidemarkException SOURCE codes when the database refuses what every transaction needs
     */
    WorkloadResult run(WorkloadOptions options, WorkloadListener listener);

    /** Ends a run soon, or a later one at once: running transactions end, no other starts, and run returns its result. */
    void stop();
}
