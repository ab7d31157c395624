package io.tidemark.query;

import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import java.util.List;
import java.util.Locale;

/**
 * The slice log of a table as SQL, in commit order: what each event was and when, then the columns of the newest schema. Names are those of the
 * slice format (docs/reference/slice-format.md).
 */
final class HistoryRows {
    private static final String RESERVED = "tidemark_";

    private HistoryRows() {}

    static String sql(RowSchema schema, List<String> files) {
        FileColumns columns = new FileColumns()
                .add("_tidemark_op", ColumnType.STRING)
                .add("_tidemark_position", ColumnType.INT64)
                .add("_tidemark_sequence", ColumnType.INT64)
                .add("_tidemark_transaction", ColumnType.INT64)
                .add("_tidemark_commit_time", ColumnType.TIMESTAMP_TZ)
                .add("_tidemark_unchanged", ColumnType.BYTES);
        for (Column column : schema.columns()) {
            columns.add(fileName(column.name()), column.type());
        }
        String rows = files.isEmpty()
                ? columns.nothing()
                : "SELECT " + columns.internal("") + " FROM " + columns.reader(files);
        return "SELECT " + columns.named() + " FROM (" + rows + ")";
    }

    /** Slices put an underscore before a table's column that could be taken for one of the event's. */
    private static String fileName(String column) {
        String bare = column.toLowerCase(Locale.ROOT).replaceFirst("^_+", "");
        return column.startsWith("_") && bare.startsWith(RESERVED) ? "_" + column : column;
    }
}
