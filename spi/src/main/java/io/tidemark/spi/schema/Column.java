package io.tidemark.spi.schema;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * One column of a row schema.
 *
 * @param name name as the source spells it
 * @param type type that Tidemark carries
 * @param nullable whether a row may hold null
 * @param sourceType the source's own type, for people and for comparison, for example {@code numeric(12,2)}
 * @param id the source's own number of the column, from 1, which stays when the column is renamed and is never given to another column of the
 *     table; 0 when it is not known, so that the column cannot be followed through a change of the table
 * @param initial what rows hold in it that are older than the column, as canonical text
 *     ({@link io.tidemark.spi.verify.TableReading}); null for null
 */
public record Column(
        String name,
        ColumnType type,
        boolean nullable,
        String sourceType,
        int id,
        @Nullable String initial) implements Serializable {
    public Column {
        if (id < 0) {
            throw new IllegalArgumentException("Cannot number a column with a negative id (column=" + name + ")");
        }
        if (name.isEmpty()) {
            throw new IllegalArgumentException("Cannot name a column with an empty name");
        }
    }

    /** A column whose id is not known. */
    public Column(String name, ColumnType type, boolean nullable, String sourceType) {
        this(name, type, nullable, sourceType, 0, null);
    }

    /** A column that was there from the beginning, or whose older rows hold null. */
    public Column(String name, ColumnType type, boolean nullable, String sourceType, int id) {
        this(name, type, nullable, sourceType, id, null);
    }
}
