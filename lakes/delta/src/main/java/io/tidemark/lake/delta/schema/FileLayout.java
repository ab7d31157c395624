package io.tidemark.lake.delta.schema;

import io.tidemark.parquet.ParquetColumn;
import java.io.Serializable;
import java.util.List;

/**
 * What is in a mirror's data files.
 *
 * @param columns columns of the row schema, partition columns among them, then that of soft deletes
 * @param partitions the table's partition columns
 * @param described those columns of which the log has the least and the greatest value of each file
 */
public record FileLayout(List<ParquetColumn> columns, List<PartitionField> partitions, List<ParquetColumn> described)
        implements Serializable {
    public FileLayout {
        columns = List.copyOf(columns);
        partitions = List.copyOf(partitions);
        described = List.copyOf(described);
    }
}
