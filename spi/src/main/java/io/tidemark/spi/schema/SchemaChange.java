package io.tidemark.spi.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What leads from one version of a table's schema to a later one. Columns are told apart by their ids, so that a column that was dropped and
 * added again under its old name is another one, and a renamed one is the same.
 *
 * @param before the earlier version
 * @param after the later version
 */
public record SchemaChange(RowSchema before, RowSchema after) {
    public SchemaChange {
        if (!before.table().equals(after.table())) {
            throw new IllegalArgumentException("Cannot compare schemas of two tables (before=" + before.table()
                    + ", after=" + after.table() + ")");
        }
    }

    /**
     * Why rows that a mirror holds cannot be carried over, so that the table has to be loaded again; empty when they can: columns were added,
     * dropped or renamed, or a decimal got more digits before the point.
     */
    public Optional<String> obstacle() {
        for (RowSchema schema : List.of(before, after)) {
            List<String> unknown = schema.columns().stream()
                    .filter(column -> column.id() == 0)
                    .map(Column::name)
                    .toList();
            if (!unknown.isEmpty()) {
                return Optional.of(
                        unknown.size() == schema.columns().size()
                                ? "its columns changed, and which is which cannot be told"
                                : "rows from before hold other values now (columns=" + String.join(", ", unknown)
                                        + ")");
            }
        }
        if (!keyIds(before).equals(keyIds(after))) {
            return Optional.of("its key changed from " + before.key() + " to " + after.key());
        }
        for (Column now : after.columns()) {
            int index = before.indexOfId(now.id());
            if (index >= 0 && !before.columns().get(index).type().widensTo(now.type())) {
                return Optional.of("column " + now.name() + " changed from "
                        + before.columns().get(index).sourceType() + " to " + now.sourceType());
            }
        }
        return Optional.empty();
    }

    /** Columns that the earlier version lacks, in order. */
    public List<Column> added() {
        return missing(after, before);
    }

    /** Columns that the later version lacks, in order. */
    public List<Column> dropped() {
        return missing(before, after);
    }

    private static List<Column> missing(RowSchema from, RowSchema in) {
        List<Column> missing = new ArrayList<>();
        for (Column column : from.columns()) {
            if (in.indexOfId(column.id()) < 0) {
                missing.add(column);
            }
        }
        return missing;
    }

    private static List<Integer> keyIds(RowSchema schema) {
        return schema.key().stream()
                .map(name -> schema.columns().get(schema.indexOf(name)).id())
                .toList();
    }
}
