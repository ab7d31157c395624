package io.tidemark.parquet;

import io.tidemark.spi.change.ColumnVector;
import java.util.List;

/**
 * Rows of a file. The vectors are filled anew by the next batch.
 *
 * @param firstRow place of the first row in the file, from 0
 * @param rows number of rows, at least 1
 * @param columns one vector per projected column, in the projection's order
 */
public record ParquetBatch(long firstRow, int rows, List<ColumnVector> columns) {
    public ParquetBatch {
        columns = List.copyOf(columns);
    }
}
