package io.tidemark.spi.schema;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A version of a table's schema.
 *
 * @param table the table
 * @param columns columns in the source's order
 * @param key names of the key columns, in key order; empty for a table without a key
 * @param beforeImage what updates and deletes carry of the old row
 * @param identity the source's own identity of the table (Postgres: its oid), which tells a table from a later one of the same name, whose column
 *     ids are others; empty when it is not known
 */
public record RowSchema(TableId table, List<Column> columns, List<String> key, BeforeImage beforeImage, String identity)
        implements Serializable {
    public RowSchema {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        Set<String> names = new HashSet<>();
        for (Column column : columns) {
            if (!names.add(column.name())) {
                throw new IllegalArgumentException(
                        "Cannot repeat a column (table=" + table + ", column=" + column.name() + ")");
            }
        }
        if (!names.containsAll(key)) {
            throw new IllegalArgumentException(
                    "Cannot use an unknown column in a key (table=" + table + ", key=" + key + ")");
        }
    }

    /** A version of a table of which no identity is known. */
    public RowSchema(TableId table, List<Column> columns, List<String> key, BeforeImage beforeImage) {
        this(table, columns, key, beforeImage, "");
    }

    /** The same table with other columns and another key. */
    public RowSchema with(List<Column> newColumns, List<String> newKey) {
        return new RowSchema(table, newColumns, newKey, beforeImage, identity);
    }

    /**
     * The same with the columns of another version that this one lacks, told apart by their ids; of a column that both have, the wider type if the
     * values of one fit the other.
     */
    public RowSchema plus(RowSchema other) {
        List<Column> all = new ArrayList<>();
        for (Column mine : columns) {
            int index = other.indexOfId(mine.id());
            Column theirs = index < 0 ? mine : other.columns.get(index);
            all.add(mine.type().widensTo(theirs.type()) ? theirs : mine);
        }
        other.columns.stream().filter(column -> indexOfId(column.id()) < 0).forEach(all::add);
        return with(all, key);
    }

    /** The same rows with another before image. */
    public RowSchema with(BeforeImage newBeforeImage) {
        return new RowSchema(table, columns, key, newBeforeImage, identity);
    }

    /** Whether rows can be told apart by a key. */
    public boolean hasKey() {
        return !key.isEmpty();
    }

    /** Place of the column, or -1. */
    public int indexOf(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(column)) {
                return i;
            }
        }
        return -1;
    }

    /** Place of the column with the id, or -1. */
    public int indexOfId(int id) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).id() == id) {
                return i;
            }
        }
        return -1;
    }

    /** Places of the key columns, in key order. */
    public int[] keyIndexes() {
        return key.stream().mapToInt(this::indexOf).toArray();
    }

    /** Types of the columns, in order. */
    public List<ColumnType> types() {
        List<ColumnType> types = new ArrayList<>(columns.size());
        columns.forEach(column -> types.add(column.type()));
        return List.copyOf(types);
    }

    /** Whether rows of this schema fit the other one unchanged: same columns (name, type, order, and id unless the other has none) and same key. */
    public boolean hasSameRowsAs(RowSchema other) {
        if (!key.equals(other.key) || columns.size() != other.columns.size()) {
            return false;
        }
        for (int i = 0; i < columns.size(); i++) {
            Column mine = columns.get(i);
            Column theirs = other.columns.get(i);
            boolean isSameColumn = mine.id() == theirs.id() || theirs.id() == 0;
            if (!isSameColumn
                    || !mine.name().equals(theirs.name())
                    || !mine.type().equals(theirs.type())) {
                return false;
            }
        }
        return true;
    }
}
