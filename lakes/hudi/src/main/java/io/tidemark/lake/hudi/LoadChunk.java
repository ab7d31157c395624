package io.tidemark.lake.hudi;

import io.tidemark.lake.hudi.apply.ChunkRows;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTable.ChunkWriter;
import io.tidemark.spi.schema.RowSchema;

/** A chunk of a load. */
final class LoadChunk implements ChunkWriter {
    private final HudiTable table;
    private final LoadState load;
    private final int ordinal;
    private final ChunkRows rows;

    LoadChunk(HudiTable table, LoadState load, int ordinal, ChunkRows rows) {
        this.table = table;
        this.load = load;
        this.ordinal = ordinal;
        this.rows = rows;
    }

    @Override
    public void append(ChangeBatch batch) {
        RowSchema schema = table.spec().schema();
        if (!batch.schema().hasSameRowsAs(schema)) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot load " + schema.table() + ": the columns or key are not the mirror's");
        }
        rows.append(batch);
    }

    @Override
    public void commit() {
        try {
            table.commitChunk(load, ordinal, rows);
        } finally {
            rows.close();
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
