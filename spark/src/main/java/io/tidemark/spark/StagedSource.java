package io.tidemark.spark;

import io.tidemark.engine.job.LoadJob.StagedChunk;
import io.tidemark.spark.upsert.EventSource;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.slice.SliceFile;
import java.util.List;
import java.util.function.Consumer;

/**
 * The rows of staged chunks; a piece is a chunk.
 *
 * @param lake where they lie
 * @param chunks the chunks
 */
record StagedSource(LakeAccess lake, List<StagedChunk> chunks) implements EventSource {
    @Override
    public int pieces() {
        return chunks.size();
    }

    @Override
    public boolean hasKeyChanges() {
        return false;
    }

    @Override
    public long bytes() {
        return chunks.stream().mapToLong(StagedChunk::bytes).sum();
    }

    @Override
    public void read(int piece, Consumer<ChangeBatch> consumer) {
        SliceFile file = chunks.get(piece).file();
        if (file != null) {
            lake.slices().read(file, consumer);
        }
    }
}
