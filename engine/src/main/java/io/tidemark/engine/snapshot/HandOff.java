package io.tidemark.engine.snapshot;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.slice.SliceLog;
import io.tidemark.spi.slice.SliceManifest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * Where a table goes on after its load.
 *
 * @param afterSlice events of later slices apply
 * @param cutoff events from this position on apply
 */
record HandOff(long afterSlice, Position cutoff) {
    /** How far the clocks of source, capture and their events may be apart. */
    static final Duration CLOCKS = Duration.ofMinutes(10);

    /**
     * For a table as of a time: all slices that can hold an event from then on apply. Events are whole rows, so that older ones among them do no harm:
     * the newer ones of the same row come after.
     *
     * @throws TidemarkException {@code LIMIT_EXCEEDED} when some of these slices were pruned
     */
    static HandOff asOf(SliceLog log, Instant time) {
        return log.after(0, 1).stream()
                .findFirst()
                .map(oldest -> asOf(
                        oldest, log.newest().map(SliceManifest::sequence).orElse(oldest.sequence()), log::find, time))
                .orElseGet(() -> new HandOff(0, new Position(1)));
    }

    static HandOff asOf(SliceManifest oldest, long newest, LongFunction<Optional<SliceManifest>> slices, Instant time) {
        Instant sealedBy = time.minus(CLOCKS);
        if (oldest.sequence() > 1 && oldest.start().isAfter(sealedBy)) {
            throw new TidemarkException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "Cannot go on from " + time + ": slices with later changes were pruned (kept-from=" + oldest.start()
                            + ")",
                    "Load a newer state of the table, and raise slices.keep.",
                    null);
        }
        long low = oldest.sequence() - 1;
        long high = newest;
        while (low < high) {
            long middle = low + (high - low + 1) / 2;
            boolean isBefore = slices.apply(middle)
                    .map(slice -> !slice.end().isAfter(sealedBy))
                    .orElse(true);
            if (isBefore) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        long last = low;
        Position before = slices.apply(last + 1)
                .map(SliceManifest::after)
                .or(() -> slices.apply(last).map(SliceManifest::through))
                .orElse(new Position(0));
        return new HandOff(last, new Position(before.value() + 1));
    }
}
