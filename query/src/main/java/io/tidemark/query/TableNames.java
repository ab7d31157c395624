package io.tidemark.query;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Finds the tables that a query means. A name fits a table that is spelled the same; if there is none, one that differs only in case, since SQL
 * without quotes does not tell. A name without schema must fit one table.
 */
final class TableNames {
    static final String HISTORY = "history";

    private static final int NEAR_MAX = 5;

    private final List<TableId> tables;

    TableNames(List<TableId> tables) {
        this.tables = List.copyOf(tables);
    }

    /**
     * What a reference means.
     *
     * @param table the table
     * @param history whether its history is meant
     * @param schemaWritten whether the reference names the schema
     */
    record Target(TableId table, boolean history, boolean schemaWritten) {}

    Target resolve(TableReference reference) {
        if (!reference.catalog().isEmpty()) {
            if (!reference.catalog().equalsIgnoreCase(HISTORY)) {
                throw unknown(reference);
            }
            return new Target(only(reference, withSchema(reference)), true, true);
        }
        if (reference.schema().isEmpty()) {
            return new Target(only(reference, byName(reference)), false, false);
        }
        List<TableId> mirrors = withSchema(reference);
        if (mirrors.isEmpty() && reference.schema().equalsIgnoreCase(HISTORY)) {
            return new Target(only(reference, byName(reference)), true, false);
        }
        return new Target(only(reference, mirrors), false, true);
    }

    private List<TableId> withSchema(TableReference reference) {
        List<TableId> exact = matching(table ->
                table.schema().equals(reference.schema()) && table.name().equals(reference.name()));
        return exact.isEmpty()
                ? matching(table -> table.schema().equalsIgnoreCase(reference.schema())
                        && table.name().equalsIgnoreCase(reference.name()))
                : exact;
    }

    private List<TableId> byName(TableReference reference) {
        List<TableId> exact = matching(table -> table.name().equals(reference.name()));
        return exact.isEmpty() ? matching(table -> table.name().equalsIgnoreCase(reference.name())) : exact;
    }

    private List<TableId> matching(Predicate<TableId> test) {
        return tables.stream().filter(test).toList();
    }

    private TableId only(TableReference reference, List<TableId> found) {
        if (found.isEmpty()) {
            throw unknown(reference);
        }
        if (found.size() > 1) {
            throw QueryFailures.rejected("the table name is ambiguous (table=" + reference + ", candidates="
                    + found.stream().map(TableId::quoted).collect(Collectors.joining(", ")) + ")");
        }
        return found.get(0);
    }

    private TidemarkException unknown(TableReference reference) {
        String wanted = reference.toString().toLowerCase(Locale.ROOT);
        String wantedName = reference.name().toLowerCase(Locale.ROOT);
        List<String> near = tables.stream()
                .sorted(Comparator.comparingInt((TableId table) -> Math.min(
                                distance(wanted, table.toString().toLowerCase(Locale.ROOT)),
                                distance(wantedName, table.name().toLowerCase(Locale.ROOT))))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(NEAR_MAX)
                .map(TableId::toString)
                .toList();
        return new TidemarkException(
                ErrorCode.UNKNOWN_TABLE,
                "Cannot run the query: there is no such table (table=" + reference
                        + (near.isEmpty() ? "" : ", nearest=" + String.join(", ", near)) + ")");
    }

    /** Levenshtein distance. */
    private static int distance(String left, String right) {
        int[] row = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int substituted = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[right.length()];
    }
}
