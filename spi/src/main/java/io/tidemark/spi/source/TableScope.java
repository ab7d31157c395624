package io.tidemark.spi.source;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The part of a table that is mirrored. What is outside never leaves the source plug-in: neither loads nor the stream carry it, and comparisons
 * do not look at it.
 *
 * @param omittedNames columns that are left out, by name: regular expressions ({@link java.util.regex.Pattern}), each held against the whole name
 *     that the column has at the time
 * @param omittedIds {@linkplain io.tidemark.spi.schema.Column#id ids} of columns that were left out when the table was registered, so that
 *     they stay out when they are renamed
 * @param rows which rows are mirrored
 */
public record TableScope(List<String> omittedNames, Set<Integer> omittedIds, RowFilter rows) {
    /** The whole table. */
    public static final TableScope WHOLE = new TableScope(List.of(), Set.of(), RowFilter.ALL);

    public TableScope {
        omittedNames = List.copyOf(omittedNames);
        omittedIds = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(omittedIds));
    }

    public boolean isWhole() {
        return omittedNames.isEmpty() && omittedIds.isEmpty() && rows.isEmpty();
    }

    /**
     * Whether a column is left out.
     *
     * @param name its name
     * @param id its id, 0 when it is not known
     */
    public boolean omits(String name, int id) {
        return (id != 0 && omittedIds.contains(id)) || omittedNames.stream().anyMatch(name::matches);
    }
}
