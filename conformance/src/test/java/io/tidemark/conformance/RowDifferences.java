package io.tidemark.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares two multisets of rows. */
final class RowDifferences {
    private static final int SHOWN_MAX = 10;
    private static final int VALUE_CHARACTERS_MAX = 200;

    private RowDifferences() {}

    /** What a database prints of a table, against its mirror. */
    static List<String> of(ScenarioDatabase database, ScenarioDatabase.TextRows printed, MirrorRows mirror) {
        ScenarioDatabase.TextRows rows = printed.inOrderOf(mirror.columns());
        if (!rows.columns().equals(mirror.columns())) {
            return List.of("columns are " + mirror.columns() + ", not " + rows.columns());
        }
        return between(
                rows.rows().stream()
                        .map(row -> mirror.comparable(row, database::comparable))
                        .toList(),
                mirror.rows());
    }

    /** The rows that only one side has, or has more often, for people; empty when there is none. */
    static List<String> between(List<List<String>> database, List<List<String>> mirror) {
        Map<List<String>, Integer> counts = new HashMap<>();
        database.forEach(row -> counts.merge(row, 1, Integer::sum));
        mirror.forEach(row -> counts.merge(row, -1, Integer::sum));
        List<String> differences = new ArrayList<>();
        counts.forEach((row, count) -> {
            if (count != 0 && differences.size() < SHOWN_MAX) {
                differences.add((count > 0 ? "only in the database: " : "only in the mirror: ")
                        + shown(row)
                        + (Math.abs(count) > 1 ? " (" + Math.abs(count) + " times)" : ""));
            }
        });
        differences.sort(null);
        return differences;
    }

    private static String shown(List<String> row) {
        return row.stream()
                .map(value -> value == null
                        ? "null"
                        : value.length() <= VALUE_CHARACTERS_MAX
                                ? "'" + value + "'"
                                : "'" + value.substring(0, VALUE_CHARACTERS_MAX) + "' and "
                                        + (value.length() - VALUE_CHARACTERS_MAX) + " characters more")
                .toList()
                .toString();
    }
}
