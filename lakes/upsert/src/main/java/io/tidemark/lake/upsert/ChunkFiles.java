package io.tidemark.lake.upsert;

import io.tidemark.lake.upsert.table.PartitionedWriter;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableFiles;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.ColumnType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Rows of a chunk of a load on their way to data files: {@link #append}, then {@link #finish} or {@link #close}. Not thread-safe. */
public final class ChunkFiles implements AutoCloseable {
    private final LakeTableSpec spec;
    private final PartitionedWriter writer;
    private boolean isEnded;

    public ChunkFiles(TableFiles files) {
        this.spec = files.spec();
        this.writer = new PartitionedWriter(
                files, files.newFiles("load", ParquetWriteOptions.defaults().withZstdLevel(1)));
    }

    /** Appends rows; the batch is the caller's again afterwards. */
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

    /** Ends the files, which are the caller's from now on. */
    public List<StoredFile> finish() {
        try {
            List<StoredFile> finished = writer.finish();
            isEnded = true;
            return finished;
        } catch (IOException | UncheckedIOException e) {
            throw failed(e);
        }
    }

    /** Deletes what was not finished. */
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
        return TidemarkException.ofStorage(
                "Cannot write rows of " + spec.schema().table(), cause);
    }
}
