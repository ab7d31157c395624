package io.tidemark.engine.job;

import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.slice.SliceFile;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chunks of a load that lie in the lake's storage and become rows of the mirror in the making.
 *
 * @param table the table as registered
 * @param loadId id of the load, which has begun
 * @param fence fencing token of who holds the table's lease
 * @param chunks all chunks of the load
 */
public record LoadJob(TableRecord table, String loadId, long fence, List<StagedChunk> chunks) {
    public LoadJob {
        chunks = List.copyOf(chunks);
    }

    /**
     * A chunk in the storage.
     *
     * @param ordinal its number in the load
     * @param file its rows, in the mirror's columns; null when it has none
     */
    public record StagedChunk(int ordinal, @Nullable SliceFile file) implements Serializable {
        /** Rows in the chunk. */
        public long rows() {
            return file == null ? 0 : file.rows();
        }

        /** Size of the chunk's file. */
        public long bytes() {
            return file == null ? 0 : file.bytes();
        }
    }

    /** Rows in all chunks. */
    public long rows() {
        return chunks.stream().mapToLong(StagedChunk::rows).sum();
    }

    /** Bytes of all chunks. */
    public long bytes() {
        return chunks.stream().mapToLong(StagedChunk::bytes).sum();
    }
}
