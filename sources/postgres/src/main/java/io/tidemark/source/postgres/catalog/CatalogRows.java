package io.tidemark.source.postgres.catalog;

import io.tidemark.spi.schema.TableId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The catalog's rows about user tables, read with one query a kind however many tables there are. No query locks a user table. */
record CatalogRows(List<Relation> relations, Map<Long, List<TableColumn>> columns, Map<Long, List<IndexKey>> indexes) {
    /** User relations; sizes come from the last vacuum or analyze, since asking for true sizes would wait for locks. */
    private static final String RELATIONS = """
            select c.oid::int8, n.nspname, c.relname, c.relkind::text, c.relispartition, coalesce(i.inhparent, 0)::int8,
                   c.relpersistence::text, c.relreplident::text, c.reltuples::int8,
                   (c.relpages::int8 + coalesce(t.relpages, 0)) * current_setting('block_size')::int8
              from pg_catalog.pg_class c
              join pg_catalog.pg_namespace n on n.oid = c.relnamespace
              left join pg_catalog.pg_class t on t.oid = c.reltoastrelid
              left join pg_catalog.pg_inherits i on i.inhrelid = c.oid and c.relispartition
             where c.relkind in ('r', 'p', 'f') and c.relpersistence <> 't'
               and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
               and not exists (select from pg_catalog.pg_depend d
                                where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
            """;

    private static final String COLUMNS = """
            select a.attrelid::int8, a.attname, a.atttypid::int8, a.atttypmod, not a.attnotnull, a.attgenerated <> '', a.attnum
              from pg_catalog.pg_attribute a
              join pg_catalog.pg_class c on c.oid = a.attrelid
              join pg_catalog.pg_namespace n on n.oid = c.relnamespace
             where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p') and not c.relispartition
               and c.relpersistence <> 't' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
             order by a.attrelid, a.attnum
            """;

    private static final String INDEXES = """
            select x.indrelid::int8, x.indisprimary, x.indisreplident, x.indimmediate and x.indisvalid,
                   (select array_agg(a.attname::text order by k.place)
                      from unnest(x.indkey::int2[]) with ordinality k(attnum, place)
                      join pg_catalog.pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.attnum
                     where k.place <= x.indnkeyatts)
              from pg_catalog.pg_index x
              join pg_catalog.pg_class c on c.oid = x.indrelid
              join pg_catalog.pg_namespace n on n.oid = c.relnamespace
             where (x.indisprimary or x.indisreplident) and c.relkind in ('r', 'p')
               and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
            """;

    static CatalogRows load(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return new CatalogRows(relations(statement), columns(statement), indexes(statement));
        }
    }

    private static List<Relation> relations(Statement statement) throws SQLException {
        List<Relation> relations = new ArrayList<>();
        try (ResultSet row = statement.executeQuery(RELATIONS)) {
            while (row.next()) {
                long rows = row.getLong(9);
                relations.add(new Relation(
                        row.getLong(1),
                        new TableId(row.getString(2), row.getString(3)),
                        row.getString(4).charAt(0),
                        row.getBoolean(5),
                        row.getLong(6),
                        row.getString(7).charAt(0),
                        row.getString(8).charAt(0),
                        rows < 0 ? -1 : rows,
                        rows < 0 ? -1 : row.getLong(10)));
            }
        }
        return relations;
    }

    private static Map<Long, List<TableColumn>> columns(Statement statement) throws SQLException {
        Map<Long, List<TableColumn>> columns = new HashMap<>();
        try (ResultSet row = statement.executeQuery(COLUMNS)) {
            while (row.next()) {
                columns.computeIfAbsent(row.getLong(1), oid -> new ArrayList<>())
                        .add(new TableColumn(
                                row.getInt(7),
                                row.getString(2),
                                (int) row.getLong(3),
                                row.getInt(4),
                                row.getBoolean(5),
                                row.getBoolean(6)));
            }
        }
        return columns;
    }

    private static Map<Long, List<IndexKey>> indexes(Statement statement) throws SQLException {
        Map<Long, List<IndexKey>> indexes = new HashMap<>();
        try (ResultSet row = statement.executeQuery(INDEXES)) {
            while (row.next()) {
                String[] columns = (String[]) row.getArray(5).getArray();
                indexes.computeIfAbsent(row.getLong(1), oid -> new ArrayList<>())
                        .add(new IndexKey(
                                row.getBoolean(2), row.getBoolean(3), row.getBoolean(4), Arrays.asList(columns)));
            }
        }
        return indexes;
    }
}
