package io.tidemark.engine.capture;

import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.slice.SliceManifest;
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

    /**
     * The slice by which everything from before the time is in the log; it may not be sealed yet. Empty while capture has not read that far. What capture
     * had not sealed when it had read that far is in the next slice at the latest.
     */
    public OptionalLong slice(Instant time) {
        return captures.find(Keys.CAPTURE)
                .filter(capture -> capture.caughtUpAt().isAfter(time))
                .map(capture ->
                        OptionalLong.of(capture.openRows() == 0 ? capture.afterSlice() : capture.afterSlice() + 1))
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
        OptionalLong slice = OptionalLong.empty();
        while (slice.isEmpty() || !isSealed(slice.orElseThrow())) {
            if (pipeline.clock().instant().isAfter(time.plus(timeout))) {
                throw new TidemarkException(
                        ErrorCode.TIMEOUT,
                        "Cannot " + verb + ": capture did not read what there was in " + timeout.toSeconds() + " s",
                        "Is the pipeline running and keeping up? See 'tidemark status'; give it more time with --timeout.",
                        null);
            }
            long seen = pipeline.signals().sealed().count();
            if (slice.isEmpty()) {
                slice = slice(time);
            }
            pipeline.signals().sealed().await(seen, LOOK);
        }
        return slice.orElseThrow();
    }

    /** Whether this slice is sealed. */
    public boolean isSealed(long slice) {
        return pipeline.sliceLog().newest().map(SliceManifest::sequence).orElse(0L) >= slice;
    }
}
