package io.tidemark.lake.upsert.table;

import io.tidemark.parquet.ParquetBatchWriter;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.storage.ObjectStore.ObjectOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;

/** Writes one data file. Not thread-safe. */
public final class DataFileWriter implements FileWriter {
    private final String location;
    private final ObjectOutput output;
    private final ParquetBatchWriter writer;
    private final Description description;
    private boolean isFinished;

    /**
     * @param output the file at its beginning, which this writer closes or aborts from now on
     * @param description makes what the format knows of the file when it is written
     */
    public DataFileWriter(
            String location,
            ObjectOutput output,
            List<ParquetColumn> columns,
            ParquetWriteOptions options,
            Description description)
            throws IOException {
        this.location = location;
        this.output = output;
        this.description = description;
        try {
            this.writer = new ParquetBatchWriter(output, columns, options, Map.of());
        } catch (IOException | RuntimeException e) {
            output.abort();
            throw e;
        }
    }

    @Override
    public String location() {
        return location;
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
    public StoredFile finish() throws IOException {
        ParquetMetadata footer = writer.finish();
        output.close();
        isFinished = true;
        writer.close();
        return description.of(footer, writer.rows(), output.position());
    }

    @Override
    public void close() {
        if (!isFinished) {
            isFinished = true;
            writer.close();
            output.abort();
        }
    }

    /** What a format knows of a file that was written. */
    public interface Description {
        StoredFile of(ParquetMetadata footer, long rows, long bytes);
    }
}
