package io.tidemark.spi.job;

import java.util.Optional;

/** A job that was started. Used by one thread. */
public interface RunningJob extends AutoCloseable {
    /**
     * Asks how it stands.
     *
     * @return how it ended; empty while it runs
     * @throws io.tidemark.spi.error.TidemarkException {@code ENGINE_FAILED} when that cannot be known at the moment
     */
    Optional<JobEnd> poll();

    /** Ends the job if it still runs. */
    @Override
    void close();

    /**
     * How a job ended.
     *
     * @param isSuccess whether its main class came to its end
     * @param detail for people: exit code or state, and where the log is
     */
    record JobEnd(boolean isSuccess, String detail) {}
}
