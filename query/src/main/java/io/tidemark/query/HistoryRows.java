package io.tidemark.query;

import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The slice log of a table as SQL: what each event was and when, then the columns of the newest schema. */
final class HistoryRows {
    /** Event columns as slices name them, with their types when there is no slice to ask. */
    private static final Map<String, String> EVENT_COLUMNS = eventColumns();

    private HistoryRows() {}

    static String sql(Connection connection, RowSchema schema, List<String> files) throws SQLException {
        Map<String, String> types = files.isEmpty() ? Map.of() : types(connection, files.get(0));
        FileColumns columns = new FileColumns();
        EVENT_COLUMNS.forEach((name, type) -> columns.add(name, types.getOrDefault(name, type)));
        for (Column column : schema.columns()) {
            columns.add(column.name(), column.type());
        }
        String rows = files.isEmpty()
                ? columns.nothing()
                : "SELECT " + columns.internal("") + " FROM " + columns.reader(files);
        return "SELECT " + columns.named() + " FROM (" + rows + ")";
    }

    private static Map<String, String> types(Connection connection, String file) throws SQLException {
        Map<String, String> types = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "DESCRIBE SELECT * FROM read_parquet([" + Sql.text(file) + "], hive_partitioning = false)")) {
            while (rows.next()) {
                types.put(rows.getString(1), rows.getString(2));
            }
        }
        return types;
    }

    private static Map<String, String> eventColumns() {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("_tidemark_op", "VARCHAR");
        columns.put("_tidemark_position", "BIGINT");
        columns.put("_tidemark_sequence", "BIGINT");
        columns.put("_tidemark_transaction", "BIGINT");
        columns.put("_tidemark_commit_time", "TIMESTAMPTZ");
        columns.put("_tidemark_unchanged", "BLOB");
        return columns;
    }
}
