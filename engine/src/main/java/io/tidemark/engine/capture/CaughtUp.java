package io.tidemark.engine.capture;

import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.spi.slice.SliceManifest;
import java.time.Instant;
import java.util.OptionalLong;

/** Tells when everything that happened in a partitioned source before some time is in the slice log. */
public final class CaughtUp {
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

    /** Whether this slice is sealed. */
    public boolean isSealed(long slice) {
        return pipeline.sliceLog().newest().map(SliceManifest::sequence).orElse(0L) >= slice;
    }
}
