package io.tidemark.engine.capture;

import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/** Tells when everything that happened in a partitioned source before some time is in the slice log. */
public final class CaughtUp {
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Pipeline pipeline;
    private final Documents<CaptureProgress> captures;

    public CaughtUp(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.captures = new Documents<>(pipeline.metastore(), CaptureProgress.class);
    }

    /** A sealed slice by which everything from before the time is in the log; empty while capture has not come that far. */
    public OptionalLong slice(Instant time) {
        return captures.find(Keys.CAPTURE)
                .filter(capture -> capture.partitions() != null
                        && capture.partitions().sealedUpTo().isAfter(time))
                .map(capture -> OptionalLong.of(capture.afterSlice()))
                .orElse(OptionalLong.empty());
    }

    /**
     * Waits until everything from before the time is sealed.
     *
     * @param verb what waits, for the error
     * @return a slice by which it is
     * @throws TidemarkException {@code TIMEOUT}
     */
    public long await(Instant time, Duration timeout, String verb) throws InterruptedException {
        while (true) {
            long seen = pipeline.signals().sealed().count();
            OptionalLong slice = slice(time);
            if (slice.isPresent()) {
                return slice.orElseThrow();
            }
            if (pipeline.clock().instant().isAfter(time.plus(timeout))) {
                throw new TidemarkException(
                        ErrorCode.TIMEOUT,
                        "Cannot " + verb + ": capture did not read what there was in " + timeout.toSeconds() + " s",
                        "Is the pipeline running and keeping up? See 'tidemark status'; give it more time with --timeout.",
                        null);
            }
            pipeline.signals().sealed().await(seen, LOOK);
        }
    }
}
