package io.tidemark.engine.table;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.source.SnapshotChunk;
import java.util.List;

/**
 * How a table is loaded; written before the first chunk, so that an interrupted load goes on with the same chunks.
 *
 * @param loadId id of the load
 * @param afterSlice newest slice sealed before the first cut: events of later slices apply
 * @param firstCutoff cutoff of the first cut: events before it are in every chunk
 * @param lastCutoff cutoff of the newest cut a chunk was read at: the table is exact once events through it are applied
 * @param chunks the chunks
 */
public record LoadPlan(
        String loadId, long afterSlice, Position firstCutoff, Position lastCutoff, List<SnapshotChunk> chunks) {
    public LoadPlan {
        chunks = List.copyOf(chunks);
    }

    LoadPlan withLastCutoff(Position cutoff) {
        return new LoadPlan(loadId, afterSlice, firstCutoff, Position.max(lastCutoff, cutoff), chunks);
    }
}
