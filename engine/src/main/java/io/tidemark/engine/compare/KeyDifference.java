package io.tidemark.engine.compare;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row that is not the same on both sides.
 *
 * @param kind how it differs
 * @param key values of the key columns in canonical text; all columns when the table has no key
 * @param columns names of the differing columns, for {@link Kind#DIFFERENT}
 * @param copies how many copies too few or too many, for tables without a key; else 1
 */
public record KeyDifference(Kind kind, List<@Nullable String> key, List<String> columns, long copies) {
    public KeyDifference {
        key = java.util.Collections.unmodifiableList(new java.util.ArrayList<>(key));
        columns = List.copyOf(columns);
    }

    /** The key as sources take it: its columns are never null. */
    public List<String> keyText() {
        return key.stream().map(value -> value == null ? "" : value).toList();
    }

    /** How a row differs. */
    public enum Kind {
        /** The source has it, the mirror does not. */
        MISSING,
        /** The mirror has it, the source does not. */
        EXTRA,
        /** Both have it, with other values. */
        DIFFERENT
    }
}
