package io.tidemark.spi.source;

import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A table as the source has it, or the part of it that is mirrored.
 *
 * @param schema row schema, without the columns that the scope leaves out
 * @param estimatedRows estimate of all rows, -1 when unknown
 * @param estimatedBytes estimate of the bytes on the source's disk, -1 when unknown
 * @param notices what a user should know: unlogged, no key, unsupported columns, ...; each a sentence
 * @param scope the part of the table that is mirrored
 */
public record SourceTable(
        RowSchema schema, long estimatedRows, long estimatedBytes, List<String> notices, TableScope scope) {
    public SourceTable {
        notices = List.copyOf(notices);
    }

    /** The whole table. */
    public SourceTable(RowSchema schema, long estimatedRows, long estimatedBytes, List<String> notices) {
        this(schema, estimatedRows, estimatedBytes, notices, TableScope.WHOLE);
    }

    public TableId id() {
        return schema.table();
    }

    /** The source's own identity of the table. */
    public String identity() {
        return schema.identity();
    }

    /**
     * The part of this whole table that is inside the scope. Columns that are left out are known by their ids from then on. A key that has such
     * a column is none: the schema then has no key.
     */
    public SourceTable within(TableScope wanted) {
        List<Column> columns = new ArrayList<>();
        Set<Integer> omitted = new TreeSet<>(wanted.omittedIds());
        for (Column column : schema.columns()) {
            if (!wanted.omits(column.name(), column.id())) {
                columns.add(column);
            } else if (column.id() != 0) {
                omitted.add(column.id());
            }
        }
        List<String> names = columns.stream().map(Column::name).toList();
        List<String> key = names.containsAll(schema.key()) ? schema.key() : List.of();
        return new SourceTable(
                schema.with(columns, key),
                estimatedRows,
                estimatedBytes,
                notices,
                new TableScope(wanted.omittedNames(), omitted, wanted.rows()));
    }
}
