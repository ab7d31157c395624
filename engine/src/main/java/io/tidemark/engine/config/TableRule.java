package io.tidemark.engine.config;

import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.TableId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One rule of the {@code tables} list.
 *
 * @param include whether matching tables are mirrored or left out
 * @param pattern which tables it matches
 * @param partitions partition fields of the mirror; empty for none
 * @param deletes what a delete does to the mirror
 * @param columns wanted type per column name
 * @param badValues what happens to rows with a value that does not fit its column; null for what the pipeline says
 */
public record TableRule(
        boolean include,
        TablePattern pattern,
        List<String> partitions,
        DeleteMode deletes,
        Map<String, ColumnChoice> columns,
        @Nullable BadValues badValues) {
    public TableRule {
        partitions = List.copyOf(partitions);
        columns = Map.copyOf(columns);
    }

    /**
     * The type that a column is wanted to be.
     *
     * @param type the type
     * @param line where the configuration says so, from 1
     */
    public record ColumnChoice(ColumnType type, int line) {}

    public boolean matches(TableId table) {
        return pattern.matches(table);
    }
}
