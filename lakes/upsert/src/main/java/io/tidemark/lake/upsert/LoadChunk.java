package io.tidemark.lake.upsert;

import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableFiles;
import io.tidemark.lake.upsert.table.TableStore;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTable.ChunkWriter;
import java.util.List;
import java.util.Set;

/** One chunk of a load that this process reads. The key index takes no part: it is built when the load is done. */
final class LoadChunk implements ChunkWriter {
    private final MirrorTable table;
    private final LoadState load;
    private final int ordinal;
    private final TableFiles files;
    private final ChunkFiles rows;

    LoadChunk(MirrorTable table, LoadState load, int ordinal, TableFiles files) {
        this.table = table;
        this.load = load;
        this.ordinal = ordinal;
        this.files = files;
        this.rows = new ChunkFiles(files);
    }

    @Override
    public void append(ChangeBatch batch) {
        rows.append(batch);
    }

    @Override
    public void commit() {
        List<StoredFile> finished = rows.finish();
        boolean isUnused = false;
        try {
            isUnused = !table.commitChunks(load, Set.of(ordinal), finished);
        } catch (TidemarkException e) {
            isUnused = TableStore.isCertainFailure(e);
            throw e;
        } finally {
            if (isUnused) {
                files.discard(finished.stream().map(StoredFile::path).toList());
            }
        }
    }

    @Override
    public void close() {
        rows.close();
    }

    /**
     * The load that a chunk belongs to.
     *
     * @param id id of the load
     * @param fence fencing token of who loads
     */
    record LoadState(String id, long fence) {}
}
