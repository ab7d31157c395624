package io.tidemark.engine.mirror;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the mirror of a table is named, what it has beside the table's columns, and which row of a key it has. Slices, keys of the pipeline and commands know the table by its
 * own name; the lake knows it by this.
 *
 * @param table name of the mirror
 * @param columns changes of column names, one after the other
 * @param added columns behind those of the table
 * @param latestBy column of the mirror whose greatest value wins among the rows of a key; null for the last change
 */
public record MirrorShape(
        TableId table,
        List<ColumnNaming> columns,
        List<AddedColumn> added,
        @Nullable String latestBy) {
    /** Added columns are numbered from here: more than a table of any source has. */
    private static final int FIRST_ADDED_ID = 1_000_000;

    public MirrorShape {
        columns = List.copyOf(columns);
        added = List.copyOf(added);
    }

    /** Of the rows of a key it has what the last change made. */
    public MirrorShape(TableId table, List<ColumnNaming> columns, List<AddedColumn> added) {
        this(table, columns, added, null);
    }

    /** The mirror that is just as its table. */
    public static MirrorShape same(TableId table) {
        return new MirrorShape(table, List.of(), List.of());
    }

    /** Whether rows of the mirror are just as those of the table. */
    public boolean isSame(TableId source) {
        return table.equals(source) && columns.isEmpty() && added.isEmpty();
    }

    /** Name of a column of the source in the mirror. */
    public String name(String column) {
        String name = column;
        for (ColumnNaming naming : columns) {
            if (column.matches(naming.columns())) {
                name = naming.change().apply(name);
            }
        }
        return name;
    }

    /**
     * Schema of the mirror: the source's columns in their order, then the added ones.
     *
     * @throws TidemarkException {@code CONFIG_INVALID} when two columns would have the same name, or an added one is told by a column that is not
     *     there or does not suit
     */
    public RowSchema schema(RowSchema source) {
        if (isSame(source.table())) {
            return source;
        }
        List<Column> all = new ArrayList<>();
        for (Column column : source.columns()) {
            all.add(new Column(
                    name(column.name()),
                    column.type(),
                    column.nullable(),
                    column.sourceType(),
                    column.id(),
                    column.initial()));
        }
        for (int i = 0; i < added.size(); i++) {
            AddedColumn column = added.get(i);
            all.add(new Column(column.name(), type(column, source), true, "added", FIRST_ADDED_ID + i));
        }
        requireDistinct(source, all);
        return new RowSchema(
                table, all, source.key().stream().map(this::name).toList(), source.beforeImage(), source.identity());
    }

    private static ColumnType type(AddedColumn column, RowSchema source) {
        if (!column.isOfColumn()) {
            return column.type();
        }
        int index = source.indexOf(column.value());
        if (index < 0) {
            throw unfit(
                    column,
                    source,
                    "it is to hold what column " + column.value() + " holds, which the table does not have");
        }
        ColumnType type = source.columns().get(index).type();
        DerivedTime time = column.time();
        if (time == null) {
            return type;
        }
        DerivedTimes.refusal(type, time).ifPresent(reason -> {
            throw unfit(column, source, "column " + column.value() + " " + reason);
        });
        return column.type();
    }

    private static TidemarkException unfit(AddedColumn column, RowSchema source, String reason) {
        return new TidemarkException(
                ErrorCode.CONFIG_INVALID,
                "Cannot add column " + column.name() + " to the mirror of " + source.table() + ": " + reason,
                "Correct the rule's add, start the pipeline again, and run 'tidemark resync " + source.table() + "'.",
                null);
    }

    private void requireDistinct(RowSchema source, List<Column> all) {
        Set<String> names = new HashSet<>();
        for (Column column : all) {
            if (!names.add(column.name())) {
                throw new TidemarkException(
                        ErrorCode.CONFIG_INVALID,
                        "Cannot mirror table " + source.table() + ": two columns of the mirror would be named "
                                + column.name(),
                        "Change the transformations or the rule's add, start the pipeline again, and run 'tidemark resync "
                                + source.table() + "'.",
                        null);
            }
        }
    }
}
