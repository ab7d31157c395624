package io.tidemark.source.postgres.catalog;

import io.tidemark.source.postgres.connection.PostgresErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the catalog keeps of a table's past: every column that it ever had, dropped ones included, because Postgres never gives a number twice; and
 * the files that hold its rows, which are others after each rewrite.
 *
 * @param files the files, of a partitioned table those of its partitions, as one number that changes with them
 * @param isNeverRewritten whether the rows are in the files that they were first written to
 * @param isPartitioned whether it is partitioned, so that what is logged of old rows is up to its partitions
 * @param columns all columns by number
 */
public record TableHistory(long files, boolean isNeverRewritten, boolean isPartitioned, List<PastColumn> columns) {
    private static final int FIRST_USER_OID = 16_384;

    /** A table that the catalog does not know. */
    public static final TableHistory UNKNOWN = new TableHistory(0, false, true, List.of());

    /** A relation gets its own oid as its first file node, and another one with each new file. */
    private static final String SQL = """
            with recursive parts(oid) as (
              select ?::int8::oid
              union all
              select i.inhrelid from parts p join pg_catalog.pg_inherits i on i.inhparent = p.oid
                join pg_catalog.pg_class c on c.oid = i.inhrelid and c.relispartition),
            leaves as (
              select c.oid, c.relfilenode from parts join pg_catalog.pg_class c on c.oid = parts.oid where c.relkind <> 'p'),
            files as (
              select coalesce(sum(pg_catalog.hashint8extended(oid::int8 * 4294967296 + relfilenode::int8, 0)::numeric), 0) as files,
                     coalesce(bool_and(oid = relfilenode), false) as is_original
                from leaves)
            select mod(f.files, 9223372036854775807)::int8, f.is_original, a.attnum, a.attname, a.atttypid::int8, a.atttypmod,
                   a.attisdropped, a.attgenerated <> '', a.atthasmissing or exists (
                     select from leaves l join pg_catalog.pg_attribute m on m.attrelid = l.oid
                      where m.attname = a.attname and m.atthasmissing),
                   a.xmin::text::int8, (select relkind = 'p' from pg_catalog.pg_class c where c.oid = a.attrelid)
              from pg_catalog.pg_attribute a cross join files f
             where a.attrelid = ?::int8::oid and a.attnum > 0 order by a.attnum
            """;

    public TableHistory {
        columns = List.copyOf(columns);
    }

    /**
     * A column, perhaps a dropped one.
     *
     * @param number {@code attnum}
     * @param name its name; of a dropped one a placeholder
     * @param typeOid oid of its type; 0 of a dropped one
     * @param typmod type modifier, -1 for none
     * @param isDropped whether it is gone
     * @param isGenerated whether it is computed, so that logical replication leaves it out
     * @param hasMissingValue whether rows that were there before it, of a partition too, have a value in it that is not in their files
     * @param changedBy transaction that last changed the entry, 32 bits
     */
    public record PastColumn(
            int number,
            String name,
            int typeOid,
            int typmod,
            boolean isDropped,
            boolean isGenerated,
            boolean hasMissingValue,
            int changedBy) {}

    /** Reads the history of the table with the oid. */
    public static TableHistory load(Connection connection, int oid) {
        long files = 0;
        boolean isNeverRewritten = false;
        boolean isPartitioned = true;
        List<PastColumn> columns = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setLong(1, Integer.toUnsignedLong(oid));
            statement.setLong(2, Integer.toUnsignedLong(oid));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    files = row.getLong(1);
                    isNeverRewritten = row.getBoolean(2);
                    isPartitioned = row.getBoolean(11);
                    columns.add(new PastColumn(
                            row.getInt(3),
                            row.getString(4),
                            (int) row.getLong(5),
                            row.getInt(6),
                            row.getBoolean(7),
                            row.getBoolean(8),
                            row.getBoolean(9),
                            (int) row.getLong(10)));
                }
            }
        } catch (SQLException e) {
            throw PostgresErrors.running("look a table up", e);
        }
        return new TableHistory(files, isNeverRewritten, isPartitioned, columns);
    }

    /** The greatest number that a column of each user table has or had, by oid. */
    public static Map<Integer, Integer> greatestNumbers(Connection connection) {
        Map<Integer, Integer> numbers = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select attrelid::int8, max(attnum) from pg_catalog.pg_attribute"
                        + " where attrelid >= " + FIRST_USER_OID + " and attnum > 0 group by attrelid")) {
            while (row.next()) {
                numbers.put((int) row.getLong(1), row.getInt(2));
            }
        } catch (SQLException e) {
            throw PostgresErrors.running("look columns up", e);
        }
        return numbers;
    }

    /** The columns that rows in the stream have now. */
    public List<PastColumn> present() {
        return columns.stream()
                .filter(column -> !column.isDropped() && !column.isGenerated())
                .toList();
    }
}
