package io.tidemark.spi.job;

import java.util.List;

/**
 * Starts jobs of the Spark engine where the configuration says. A job works on the lake alone and says what it did there; a runner only starts it and
 * knows whether it still runs. Safe from any thread.
 */
public interface JobRunner extends AutoCloseable {
    /** Main class of tidemark-spark.jar. */
    String MAIN_CLASS = "io.tidemark.spark.ApplyMain";

    /**
     * Starts a job.
     *
     * @param name what people read in the runner's own lists: letters, digits, {@code -} and {@code _}
     * @param arguments arguments of the job's main class
     * @throws io.tidemark.spi.error.TidemarkException {@code ENGINE_FAILED} when it cannot be started
     */
    RunningJob start(String name, List<String> arguments);

    @Override
    void close();
}
