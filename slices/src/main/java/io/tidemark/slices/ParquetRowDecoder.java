package io.tidemark.slices;

import io.tidemark.parquet.ParquetBatchReader;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.storage.ObjectStore.ObjectInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Events from the columns of a Parquet file. */
final class ParquetRowDecoder implements RowDecoder {
    private static final int BATCH_ROWS = 4096;

    private final ParquetBatchReader reader;
    private final EventColumns events = new EventColumns();

    /** @throws io.tidemark.spi.error.TidemarkException {@code SLICE_CORRUPT} when a column is missing */
    ParquetRowDecoder(ObjectInput in, SliceFile file) throws IOException {
        List<ParquetColumn> columns = EventColumns.fileColumns(file.schema());
        this.reader = ParquetBatchReader.open(in, columns);
        for (int i = 0; i < columns.size(); i++) {
            if (!reader.hasColumn(i)) {
                reader.close();
                throw StorageErrors.corrupt(
                        file.path(),
                        "the file lacks a column (column=" + columns.get(i).name() + ")");
            }
        }
    }

    @Override
    public boolean read(ChangeBatch batch) throws IOException {
        events.clear();
        List<ColumnVector> vectors = new ArrayList<>(events.vectors());
        vectors.addAll(batch.columns());
        if (reader.read(vectors, BATCH_ROWS) == 0) {
            return false;
        }
        events.complete(batch);
        return true;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
