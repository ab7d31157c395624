package io.tidemark.spi.lake;

import io.tidemark.spi.schema.RowSchema;
import java.io.Serializable;
import java.util.List;

/**
 * How a mirror is made.
 *
 * @param schema columns and key
 * @param partitions partition fields in order: {@code day(column)}, {@code hour(column)}, {@code month(column)}, {@code year(column)},
 *     {@code bucket(16, column)}, {@code truncate(10, column)} or {@code column}; empty for none
 * @param deletes what a delete does to the mirror
 */
public record LakeTableSpec(RowSchema schema, List<String> partitions, DeleteMode deletes) implements Serializable {
    /** The column that soft deletes add: commit time of the delete, null while the row lives. */
    public static final String DELETED_AT = "_tidemark_deleted_at";

    public LakeTableSpec {
        partitions = List.copyOf(partitions);
    }

    /** What a delete does to the mirror. */
    public enum DeleteMode {
        /** The row goes. */
        HARD,
        /** The row stays as it last was, with {@link #DELETED_AT} set. */
        SOFT
    }
}
