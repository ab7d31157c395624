package io.tidemark.lake.delta;

import io.tidemark.lake.delta.log.DeltaFile;
import io.tidemark.lake.delta.log.LogActions;
import io.tidemark.lake.upsert.table.FileWriter;
import io.tidemark.parquet.ParquetBatchWriter;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.storage.ObjectStore;
import io.tidemark.spi.storage.ObjectStore.ObjectOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Writes one data file. Not thread-safe. */
final class DeltaFileWriter implements FileWriter {
    private final String path;
    private final ObjectOutput output;
    private final ParquetBatchWriter writer;
    private boolean isFinished;

    DeltaFileWriter(ObjectStore storage, String path, List<ParquetColumn> columns, ParquetWriteOptions options)
            throws IOException {
        this.path = path;
        this.output = storage.create(path);
        try {
            this.writer = new ParquetBatchWriter(output, columns, options, Map.of());
        } catch (IOException | RuntimeException e) {
            output.abort();
            throw e;
        }
    }

    @Override
    public String location() {
        return path;
    }

    @Override
    public long rows() {
        return writer.rows();
    }

    @Override
    public long bytes() {
        return writer.bytes();
    }

    @Override
    public long bufferedBytes() {
        return writer.bufferedBytes();
    }

    @Override
    public void flushRowGroup() throws IOException {
        writer.flushRowGroup();
    }

    @Override
    public void append(List<? extends ColumnVector> vectors, int[] rows, int from, int to) throws IOException {
        writer.append(vectors, rows, from, to);
    }

    @Override
    public void append(List<? extends ColumnVector> vectors, int from, int to) throws IOException {
        writer.append(vectors, from, to);
    }

    @Override
    public DeltaFile finish() throws IOException {
        long rows = writer.rows();
        writer.finish();
        output.close();
        isFinished = true;
        writer.close();
        return new DeltaFile(path, rows, output.position(), System.currentTimeMillis(), LogActions.stats(rows), null);
    }

    @Override
    public void close() {
        if (!isFinished) {
            isFinished = true;
            writer.close();
            output.abort();
        }
    }
}
