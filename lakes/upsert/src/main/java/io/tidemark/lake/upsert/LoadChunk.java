package io.tidemark.lake.upsert;

import io.tidemark.lake.upsert.table.PartitionedWriter;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableStore;
import io.tidemark.lake.upsert.table.TableVersion;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTable.ChunkWriter;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.ColumnType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Rows of one chunk of a load on their way to data files. The key index takes no part: it is built when the load is done. */
final class LoadChunk implements ChunkWriter {
    private final MirrorTable table;
    private final LoadState load;
    private final int ordinal;
    private final LakeTableSpec spec;
    private final TableStore store;
    private final PartitionedWriter writer;
    private boolean isEnded;

    LoadChunk(MirrorTable table, LoadState load, int ordinal, TableStore store, TableVersion version) {
        this.table = table;
        this.load = load;
        this.ordinal = ordinal;
        this.spec = store.spec();
        this.store = store;
        this.writer = new PartitionedWriter(
                store,
                store.newFiles(version, "load", ParquetWriteOptions.defaults().withZstdLevel(1)));
    }

    @Override
    public void append(ChangeBatch batch) {
        if (!batch.schema().hasSameRowsAs(spec.schema())) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot load " + spec.schema().table() + ": the columns or key are not the mirror's");
        }
        try {
            writer.append(columns(batch), 0, batch.size());
        } catch (IOException | UncheckedIOException e) {
            throw failed(e);
        }
    }

    @Override
    public void commit() {
        List<StoredFile> finished;
        try {
            finished = writer.finish();
        } catch (IOException | UncheckedIOException e) {
            throw failed(e);
        }
        isEnded = true;
        boolean isUnused = false;
        try {
            isUnused = !table.commitChunk(load, ordinal, finished);
        } catch (TidemarkException e) {
            isUnused = TableStore.isCertainFailure(e);
            throw e;
        } finally {
            if (isUnused) {
                store.discard(finished.stream().map(StoredFile::path).toList());
            }
        }
    }

    @Override
    public void close() {
        if (!isEnded) {
            isEnded = true;
            writer.close();
        }
    }

    private List<ColumnVector> columns(ChangeBatch batch) {
        if (spec.deletes() != DeleteMode.SOFT) {
            return batch.columns();
        }
        ColumnVector alive = ColumnVector.of(ColumnType.TIMESTAMP_TZ, batch.size());
        for (int row = 0; row < batch.size(); row++) {
            alive.appendNull();
        }
        List<ColumnVector> columns = new ArrayList<>(batch.columns());
        columns.add(alive);
        return columns;
    }

    private TidemarkException failed(Exception cause) {
        return new TidemarkException(
                ErrorCode.LAKE_IO,
                "Cannot load a chunk of " + spec.schema().table() + ": " + cause.getMessage() + " (chunk=" + ordinal
                        + ")",
                cause);
    }

    /**
     * The load that a chunk belongs to.
     *
     * @param id id of the load
     * @param fence fencing token of who loads
     */
    record LoadState(String id, long fence) {}
}
