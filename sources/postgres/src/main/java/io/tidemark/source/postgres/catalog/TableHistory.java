package io.tidemark.source.postgres.catalog;

import io.tidemark.source.postgres.connection.PostgresErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the catalog keeps of a table's past: every column that it ever had, dropped ones included, because Postgres never gives a number twice; and
 * the file that holds its rows, which is another one after each rewrite.
 *
 * @param fileNode {@code relfilenode}; 0 when the table has none of its own
 * @param columns all columns by number
 */
public record TableHistory(long fileNode, List<PastColumn> columns) {
    private static final String SQL = """
            select c.relfilenode::int8, a.attnum, a.attname, a.attisdropped, a.attgenerated <> '', a.atthasmissing,
                   a.atthasdef or a.attidentity <> '', a.xmin::text::int8
              from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid
             where c.oid = ?::int8::oid and a.attnum > 0 order by a.attnum
            """;

    public TableHistory {
        columns = List.copyOf(columns);
    }

    /**
     * A column, perhaps a dropped one.
     *
     * @param number {@code attnum}
     * @param name its name; of a dropped one a placeholder
     * @param isDropped whether it is gone
     * @param isGenerated whether it is computed, so that logical replication leaves it out
     * @param hasMissingValue whether rows that were there before it have a value in it that is not in their files
     * @param hasDefault whether new rows get a value by themselves
     * @param changedBy transaction that last changed the entry, 32 bits
     */
    public record PastColumn(
            int number,
            String name,
            boolean isDropped,
            boolean isGenerated,
            boolean hasMissingValue,
            boolean hasDefault,
            int changedBy) {}

    /** Reads the history of the table with the oid; without columns when there is no such table. */
    public static TableHistory load(Connection connection, int oid) {
        long fileNode = 0;
        List<PastColumn> columns = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setLong(1, Integer.toUnsignedLong(oid));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    fileNode = row.getLong(1);
                    columns.add(new PastColumn(
                            row.getInt(2),
                            row.getString(3),
                            row.getBoolean(4),
                            row.getBoolean(5),
                            row.getBoolean(6),
                            row.getBoolean(7),
                            (int) row.getLong(8)));
                }
            }
        } catch (SQLException e) {
            throw PostgresErrors.running("look a table up", e);
        }
        return new TableHistory(fileNode, columns);
    }
}
