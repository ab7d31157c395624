package io.tidemark.lake.delta.schema;

import java.util.List;

/**
 * Columns of a table as its metadata has them.
 *
 * @param text schema string
 * @param partitionColumns names of the partition columns
 */
public record TableSchema(String text, List<String> partitionColumns) {
    public TableSchema {
        partitionColumns = List.copyOf(partitionColumns);
    }
}
