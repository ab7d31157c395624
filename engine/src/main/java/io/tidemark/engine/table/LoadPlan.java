package io.tidemark.engine.table;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.source.SnapshotChunk;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a table is loaded; written before the first chunk, so that an interrupted load goes on with the same chunks.
 *
 * @param loadId id of the load
 * @param afterSlice newest slice sealed before the first cut, or before the time that the chunks are as of: events of later slices apply
 * @param firstCutoff cutoff of the first cut, or of that slice: events before it are in every chunk
 * @param lastCutoff cutoff of the newest cut a chunk was read at: the table is exact once events through it are applied
 * @param chunks the chunks
 * @param readUntil when the last chunk was read, if rows are as they were at any time before: the table is exact once all events from before are
 *     applied; null when the cutoffs say so
 */
public record LoadPlan(
        String loadId,
        long afterSlice,
        Position firstCutoff,
        Position lastCutoff,
        List<SnapshotChunk> chunks,
        @Nullable Instant readUntil) {
    public LoadPlan {
        chunks = List.copyOf(chunks);
    }

    /** Whether chunks were read at several cuts: events from before the last one may be older than the rows that they meet. */
    public boolean isInParts() {
        return lastCutoff.isAfter(firstCutoff);
    }

    /** Whether events that come after the position are from before the last cut of a load in parts. */
    public boolean isUnsettledAfter(Position applied) {
        return isInParts() && new Position(lastCutoff.value() - 1).isAfter(applied);
    }

    /** The same, with its last chunk read. */
    LoadPlan readUntil(Instant time) {
        return new LoadPlan(loadId, afterSlice, firstCutoff, lastCutoff, chunks, time);
    }
}
