package io.tidemark.runner.aws;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.job.RunningJob;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/** A run at a service that is asked every few seconds how it stands. A service that does not answer for a while changes nothing about the run. */
final class ServiceRun implements RunningJob {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceRun.class);

    private final String id;
    private final Supplier<Optional<JobEnd>> end;
    private final Runnable cancel;
    private final Pace pace;
    private long lookAt;
    private long unknownSince;
    private boolean isUnknown;
    private boolean hasEnded;

    /**
     * How often to ask.
     *
     * @param look time between two questions
     * @param patience how long the service may fail to answer
     */
    record Pace(Duration look, Duration patience) {
        static final Pace DEFAULT = new Pace(Duration.ofSeconds(3), Duration.ofMinutes(3));
    }

    /**
     * @param id the service's name of the run
     * @param end asks how it ended; empty while it runs
     * @param cancel asks the service to end it
     */
    ServiceRun(String id, Supplier<Optional<JobEnd>> end, Runnable cancel, Pace pace) {
        this.id = id;
        this.end = end;
        this.cancel = cancel;
        this.pace = pace;
        this.lookAt = System.nanoTime() + pace.look().toNanos();
    }

    @Override
    public Optional<JobEnd> poll() {
        long now = System.nanoTime();
        if (now < lookAt) {
            return Optional.empty();
        }
        lookAt = now + pace.look().toNanos();
        try {
            Optional<JobEnd> found = end.get();
            hasEnded = found.isPresent();
            isUnknown = false;
            return found;
        } catch (SdkException e) {
            if (!isUnknown) {
                isUnknown = true;
                unknownSince = now;
                LOG.warn("state of a run not known run={} reason={}", id, e.getMessage());
            }
            if (now - unknownSince > pace.patience().toNanos()) {
                throw new TidemarkException(
                        ErrorCode.ENGINE_FAILED,
                        "Cannot know how a job stands: " + e.getMessage() + " (run=" + id + ")",
                        e);
            }
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        if (hasEnded) {
            return;
        }
        try {
            cancel.run();
        } catch (SdkException e) {
            // It goes on, and its commit is refused by the mirror when another one was made.
            LOG.warn("run not cancelled run={} reason={}", id, e.getMessage());
        }
    }
}
