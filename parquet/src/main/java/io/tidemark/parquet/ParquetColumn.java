package io.tidemark.parquet;

import io.tidemark.spi.schema.ColumnType;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One column of a Parquet file.
 *
 * @param name name in the file; any text that is not empty
 * @param type type of the values
 * @param nullable whether the column is optional; a required column refuses nulls when written
 * @param fieldId field id (Iceberg finds columns by it), or {@link #NO_FIELD_ID}
 * @param nestedIds field ids inside a nested type: for each of its fields its id, then those inside it; empty when they have none
 * @param initial what a file that lacks the column reads as, as canonical text ({@link io.tidemark.spi.verify.TableReading}); null for null
 */
public record ParquetColumn(
        String name,
        ColumnType type,
        boolean nullable,
        int fieldId,
        List<Integer> nestedIds,
        @Nullable String initial) implements Serializable {
    /** The column has no field id; it is found by its name. */
    public static final int NO_FIELD_ID = -1;

    public ParquetColumn {
        nestedIds = List.copyOf(nestedIds);
        if (!nestedIds.isEmpty() && nestedIds.size() != parts(type)) {
            throw new IllegalArgumentException("Cannot give a column these field ids: each part needs one (column="
                    + name + ", type=" + type + ", ids=" + nestedIds.size() + ")");
        }
        if (name.isEmpty()) {
            throw new IllegalArgumentException("Cannot name a Parquet column with an empty name");
        }
        if (fieldId < NO_FIELD_ID) {
            throw new IllegalArgumentException("Cannot give a column this field id: it is negative (column=" + name
                    + ", fieldId=" + fieldId + ")");
        }
    }

    /** A column that reads as null where a file lacks it, and whose parts, if it has any, have no field ids. */
    public ParquetColumn(String name, ColumnType type, boolean nullable, int fieldId) {
        this(name, type, nullable, fieldId, List.of(), null);
    }

    /** An optional column without field id. */
    public static ParquetColumn optional(String name, ColumnType type) {
        return new ParquetColumn(name, type, true, NO_FIELD_ID);
    }

    /** Whether the column is found by its field id. */
    public boolean hasFieldId() {
        return fieldId != NO_FIELD_ID;
    }

    /** How many fields there are inside the type, at any depth. */
    private static int parts(ColumnType type) {
        int parts = 0;
        for (ColumnType.Field field : type.fields()) {
            parts += 1 + parts(field.type());
        }
        return parts;
    }
}
