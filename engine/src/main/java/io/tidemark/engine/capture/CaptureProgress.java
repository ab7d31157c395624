package io.tidemark.engine.capture;

import io.tidemark.spi.change.Position;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What capture says of itself about once a second.
 *
 * @param afterSlice newest sealed slice when this was written
 * @param idleToken where the source goes on after that slice, as far as it was acknowledged; empty when that is the slice's own token
 * @param delivered position of the newest transaction handed on
 * @param caughtUpAt newest time at which the source had nothing more to send
 * @param openSince when the oldest unsealed event was captured; null when there is none
 * @param openRows events captured but not sealed
 * @param events events captured since this capture began
 * @param at when this was written
 * @param restart whether capture is to begin anew where the source stands, because all tables are loaded again
 * @param partitions how the partitions of the source are read; null when it has none
 */
public record CaptureProgress(
        long afterSlice,
        String idleToken,
        Position delivered,
        Instant caughtUpAt,
        @Nullable Instant openSince,
        long openRows,
        long events,
        Instant at,
        boolean restart,
        @Nullable Partitions partitions) {
    /**
     * How a partitioned source is read.
     *
     * @param count partitions that are read
     * @param processes processes that read them
     * @param sealedUpTo everything that happened before this time is in sealed slices
     * @param lagging partitions that cannot be read or are far behind
     */
    public record Partitions(int count, int processes, Instant sealedUpTo, List<LaggingPartition> lagging) {
        public Partitions {
            lagging = List.copyOf(lagging);
        }
    }

    /** Up to when everything that happened in the source is sealed; the epoch while that is not known. */
    public Instant shownUpTo() {
        return openSince == null ? caughtUpAt : openSince;
    }

    /** Has capture go on after this slice at this token. */
    public static CaptureProgress resumeAfter(long slice, String token, Instant now) {
        return new CaptureProgress(slice, token, Position.ZERO, now, null, 0, 0, now, false, null);
    }

    /** Asks capture to begin anew after this slice. */
    public static CaptureProgress restartAfter(long slice, Instant now) {
        return new CaptureProgress(slice, "", Position.ZERO, now, null, 0, 0, now, true, null);
    }
}
