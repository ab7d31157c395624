package io.tidemark.slices;

import io.tidemark.parquet.DictionaryMemory;
import io.tidemark.parquet.ParquetBatchWriter;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.schema.RowSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.hadoop.metadata.BlockMetaData;

/** Events as columns of a Parquet file. */
final class ParquetRowEncoder implements RowEncoder {
    private final ParquetBatchWriter writer;

    ParquetRowEncoder(Sha256.Output out, RowSchema schema, ParquetWriteOptions options, DictionaryMemory memory)
            throws IOException {
        this.writer = new ParquetBatchWriter(
                out,
                EventColumns.fileColumns(schema),
                options,
                Map.of("tidemark.format", SliceManifests.FORMAT),
                memory);
    }

    @Override
    public void append(ChangeBatch batch, EventColumns events) throws IOException {
        List<ColumnVector> vectors = new ArrayList<>(events.vectors());
        vectors.addAll(batch.columns());
        writer.append(vectors, 0, batch.size());
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
    public void flush() throws IOException {
        writer.flushRowGroup();
    }

    @Override
    public long finish() throws IOException {
        long rows = 0;
        for (BlockMetaData group : writer.finish().getBlocks()) {
            rows += group.getRowCount();
        }
        return rows;
    }

    @Override
    public void close() {
        writer.close();
    }
}
