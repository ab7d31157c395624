package io.tidemark.lake.upsert.maintain;

import io.tidemark.lake.upsert.index.KeyArena;
import io.tidemark.lake.upsert.index.KeyBuffer;
import io.tidemark.lake.upsert.index.KeyEncoder;
import io.tidemark.lake.upsert.index.KeySort;
import io.tidemark.lake.upsert.table.PartitionedWriter;
import io.tidemark.parquet.ParquetBatch;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.schema.ColumnType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows on their way into compacted files, with their origin: in runs of bounded size, each sorted by key, so that later deletes and reads touch few
 * pages.
 */
final class SortedRows {
    private static final long RUN_BYTES = 64L << 20;
    private static final int RUN_ROWS = 1 << 19;

    private final PartitionedWriter writer;
    private final boolean hasKey;
    private final KeyEncoder encoder;
    private final List<ColumnVector> run = new ArrayList<>();
    private final LongVector origins = (LongVector) ColumnVector.of(ColumnType.INT64, 1 << 12);
    private final KeyArena keys = new KeyArena(1 << 12);
    private int runRows;
    private long rows;

    SortedRows(LakeTableSpec spec, List<ParquetColumn> columns, PartitionedWriter writer) {
        this.writer = writer;
        this.hasKey = spec.schema().hasKey();
        this.encoder = KeyEncoder.ofKey(spec.schema().keyIndexes());
        columns.forEach(column -> run.add(ColumnVector.of(column.type(), 1 << 12)));
        run.add(origins);
    }

    /** Rows taken so far. */
    long rows() {
        return rows;
    }

    /**
     * Takes rows.
     *
     * @param file the number of their file, see {@link RowOrigins}
     */
    void add(int file, ParquetBatch batch, int[] live) throws IOException {
        for (int i = 0; i < batch.columns().size(); i++) {
            ColumnVector into = run.get(i);
            ColumnVector from = batch.columns().get(i);
            for (int row : live) {
                into.appendFrom(from, row);
            }
        }
        for (int row : live) {
            origins.append(RowOrigins.of(file, batch.firstRow() + row));
        }
        if (hasKey) {
            for (int row : live) {
                KeyBuffer key = encoder.encode(batch.columns(), row);
                keys.add(key.data(), 0, key.length());
            }
        }
        runRows += live.length;
        rows += live.length;
        if (runRows >= RUN_ROWS || byteSize() >= RUN_BYTES) {
            flush();
        }
    }

    void flush() throws IOException {
        if (hasKey) {
            writer.append(run, KeySort.order(keys), 0, runRows);
        } else {
            writer.append(run, 0, runRows);
        }
        run.forEach(ColumnVector::clear);
        keys.clear();
        runRows = 0;
    }

    private long byteSize() {
        long bytes = keys.byteSize();
        for (ColumnVector column : run) {
            bytes += column.byteSize();
        }
        return bytes;
    }
}
