package io.tidemark.engine.config;

import io.tidemark.engine.mirror.AddedColumn;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.RowFilter;
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
 * @param engine what applies slices to the mirror
 * @param snapshot way of existing rows into the mirror
 * @param schemaChanges what happens when the table's columns or key change in the source
 * @param columns wanted type per column name
 * @param where which rows are mirrored
 * @param omit columns that are left out
 * @param add columns that the mirror has beside those of the table
 * @param latestBy column of the mirror whose greatest value wins among the rows of a key; null for the last change
 * @param badValues what happens to rows with a value that does not fit its column; null for what the pipeline says
 */
public record TableRule(
        boolean include,
        TablePattern pattern,
        List<String> partitions,
        DeleteMode deletes,
        ApplyEngine engine,
        SnapshotPath snapshot,
        SchemaChanges schemaChanges,
        Map<String, ColumnChoice> columns,
        RowFilter where,
        List<NamePattern> omit,
        List<AddedColumn> add,
        @Nullable String latestBy,
        @Nullable BadValues badValues) {
    /** What happens when a table's columns or key change in the source. */
    public enum SchemaChanges {
        /** The mirror follows: in place where rows can be carried over, else the table alone is loaded again. */
        FOLLOW,
        /** The table fails, and waits for somebody to look and to run resync. */
        STOP
    }

    public TableRule {
        partitions = List.copyOf(partitions);
        columns = Map.copyOf(columns);
        omit = List.copyOf(omit);
        add = List.copyOf(add);
    }

    /** A rule that says nothing but which tables. */
    static TableRule plain(boolean include, TablePattern pattern) {
        return filtered(include, pattern, RowFilter.ALL);
    }

    /** The same with a condition on rows. */
    static TableRule filtered(boolean include, TablePattern pattern, RowFilter where) {
        return new TableRule(
                include,
                pattern,
                List.of(),
                DeleteMode.HARD,
                ApplyEngine.LOCAL,
                SnapshotPath.DIRECT,
                SchemaChanges.FOLLOW,
                Map.of(),
                where,
                List.of(),
                List.of(),
                null,
                null);
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
