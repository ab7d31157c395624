package io.tidemark.spi.lake;

import io.tidemark.spi.schema.RowSchema;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a mirror is made.
 *
 * @param schema columns and key
 * @param partitions partition fields in order: {@code day(column)}, {@code hour(column)}, {@code month(column)}, {@code year(column)},
 *     {@code bucket(16, column)}, {@code truncate(10, column)} or {@code column}; empty for none
 * @param deletes what a delete does to the mirror
 * @param latestBy column whose greatest value wins among the changes of a key ({@link LatestBy}); null for the last change
 */
public record LakeTableSpec(
        RowSchema schema,
        List<String> partitions,
        DeleteMode deletes,
        @Nullable String latestBy) implements Serializable {
    /** The column that soft deletes add: commit time of the delete, null while the row lives. */
    public static final String DELETED_AT = "_tidemark_deleted_at";

    public LakeTableSpec {
        partitions = List.copyOf(partitions);
    }

    /** Of the changes of a key the last one wins. */
    public LakeTableSpec(RowSchema schema, List<String> partitions, DeleteMode deletes) {
        this(schema, partitions, deletes, null);
    }

    /** The same with other columns. */
    public LakeTableSpec with(RowSchema later) {
        return new LakeTableSpec(later, partitions, deletes, latestBy);
    }

    /** Whether mirrors made so differ in their columns at most. */
    public boolean hasSameLayoutAs(LakeTableSpec other) {
        return partitions.equals(other.partitions) && deletes == other.deletes;
    }

    /** What a delete does to the mirror. */
    public enum DeleteMode {
        /** The row goes. */
        HARD,
        /** The row stays as it last was, with {@link #DELETED_AT} set. */
        SOFT
    }
}
