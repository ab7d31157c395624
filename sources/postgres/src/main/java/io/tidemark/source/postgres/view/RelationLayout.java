package io.tidemark.source.postgres.view;

import io.tidemark.source.postgres.catalog.TableColumn;
import io.tidemark.source.postgres.filter.FilterColumn;
import io.tidemark.source.postgres.filter.FilterPlan;
import io.tidemark.source.postgres.type.PgType;
import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SourceTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A relation as a session of a view reads it: locked against schema changes until the session's work ends, and known to hold its rows as of
 * the snapshot.
 *
 * <p>TRUNCATE, and ALTER TABLE when it rewrites, make a table look empty to older snapshots. Both give it a new file, so the file node that the
 * snapshot's catalog names is compared with the one in use.
 *
 * @param from what stands behind FROM: only this relation, or for a partitioned table all its partitions
 * @param schema the schema that rows are read in
 * @param types types of the schema's columns, in its order
 * @param typeNames their names as SQL, without modifiers
 * @param filter condition in SQL that the rows of the table's scope meet; empty for all rows
 */
public record RelationLayout(String from, RowSchema schema, List<PgType> types, List<String> typeNames, String filter) {
    private static final String STATE = """
            with recursive parts(oid) as (
              select ?::regclass::oid
              union all
              select c.oid from parts p join pg_catalog.pg_inherits i on i.inhparent = p.oid
                join pg_catalog.pg_class c on c.oid = i.inhrelid and c.relispartition)
            select count(c.oid) = count(*), coalesce(bool_and(c.relfilenode = coalesce(pg_catalog.pg_relation_filenode(c.oid), 0)), true)
              from parts left join pg_catalog.pg_class c on c.oid = parts.oid
            """;

    private static final String COLUMNS = """
            select attname, atttypid::int8, atttypmod, not attnotnull, attgenerated <> '', format_type(atttypid, -1), attnum
              from pg_catalog.pg_attribute where attrelid = ?::regclass and attnum > 0 and not attisdropped order by attnum
            """;

    public RelationLayout {
        types = List.copyOf(types);
        typeNames = List.copyOf(typeNames);
    }

    /**
     * Locks the relation and checks it.
     *
     * @param relation the table, or one partition of it
     * @throws TidemarkException {@code SOURCE_TABLE_REWRITTEN} when the view no longer sees its rows, {@code SOURCE_SCHEMA_CHANGED} when the
     *     columns are not those of the schema, {@code CONFIG_INVALID} when the rows can no longer be filtered
     */
    public static RelationLayout load(Connection connection, TableId relation, SourceTable table, TypeCatalog types)
            throws SQLException {
        RowSchema schema = table.schema();
        // An ordinary table may have inheriting ones, which are tables of their own; a partitioned one is nothing but
        // its partitions.
        boolean isPartitioned = isPartitioned(connection, relation);
        String from = (isPartitioned ? "" : "ONLY ") + relation.quoted();
        try (Statement statement = connection.createStatement()) {
            statement.execute("LOCK TABLE " + from + " IN ACCESS SHARE MODE");
        }
        checkRows(connection, relation);
        Map<String, NamedColumn> columns = columns(connection, relation);
        List<PgType> found = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Column column : schema.columns()) {
            NamedColumn live = columns.get(column.name());
            if (live == null) {
                throw changed(relation, "column " + column.name() + " does not exist");
            }
            found.add(type(relation, schema, column, live.column(), types));
            names.add(live.typeName());
        }
        return new RelationLayout(from, schema, found, names, filter(table, columns, types));
    }

    private static String filter(SourceTable table, Map<String, NamedColumn> columns, TypeCatalog types) {
        if (table.scope().rows().isEmpty()) {
            return "";
        }
        List<FilterColumn> there = columns.values().stream()
                .map(live -> new FilterColumn(
                        live.column().name(),
                        live.column().typeOid(),
                        live.typeName(),
                        live.column().isGenerated()))
                .toList();
        return FilterPlan.of(table.id(), table.scope().rows(), there, types).sql();
    }

    /**
     * Checks that the schema has all columns of the table's scope as the snapshot's catalog has it: rows read with another one would lack what
     * was written into a column before the snapshot.
     *
     * @throws TidemarkException {@code SOURCE_SCHEMA_CHANGED} when the table has other columns
     */
    public static void requireWhole(Connection connection, SourceTable table) throws SQLException {
        RowSchema schema = table.schema();
        List<Column> found = new ArrayList<>();
        for (NamedColumn live : columns(connection, schema.table()).values()) {
            boolean isOmitted =
                    table.scope().omits(live.column().name(), live.column().number());
            if (!live.column().isGenerated() && !isOmitted) {
                found.add(new Column(
                        live.column().name(),
                        ColumnType.STRING,
                        true,
                        "",
                        live.column().number()));
            }
        }
        for (int i = 0; i < Math.max(found.size(), schema.columns().size()); i++) {
            Column there = i < found.size() ? found.get(i) : null;
            Column known = i < schema.columns().size() ? schema.columns().get(i) : null;
            if (there == null
                    || known == null
                    || !there.name().equals(known.name())
                    || (known.id() != 0 && known.id() != there.id())) {
                throw changed(
                        schema.table(),
                        "its columns are no longer those that were registered (column="
                                + (known == null ? Objects.requireNonNull(there) : known).name() + ")");
            }
        }
    }

    /** A condition narrowed to the rows of the table's scope. */
    public String where(String condition) {
        return filter.isEmpty() ? condition : "(" + condition + ") and " + filter;
    }

    /** All columns, quoted, separated by commas. */
    public String columnList() {
        return String.join(
                ", ",
                schema.columns().stream()
                        .map(column -> TableId.quote(column.name()))
                        .toList());
    }

    private static boolean isPartitioned(Connection connection, TableId relation) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select relkind = 'p' from pg_catalog.pg_class where oid = ?::regclass")) {
            statement.setString(1, relation.quoted());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw rewritten(relation, "it was created after the snapshot was taken");
                }
                return row.getBoolean(1);
            }
        }
    }

    private static void checkRows(Connection connection, TableId relation) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(STATE)) {
            statement.setString(1, relation.quoted());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                if (!row.getBoolean(1)) {
                    throw rewritten(relation, "it was created after the snapshot was taken");
                }
                if (!row.getBoolean(2)) {
                    throw rewritten(relation, "it was truncated or rewritten after the snapshot was taken");
                }
            }
        }
    }

    private static Map<String, NamedColumn> columns(Connection connection, TableId relation) throws SQLException {
        Map<String, NamedColumn> columns = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setString(1, relation.quoted());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    TableColumn column = new TableColumn(
                            row.getInt(7),
                            row.getString(1),
                            (int) row.getLong(2),
                            row.getInt(3),
                            row.getBoolean(4),
                            row.getBoolean(5));
                    columns.put(column.name(), new NamedColumn(column, row.getString(6)));
                }
            }
        }
        return columns;
    }

    private static PgType type(
            TableId relation, RowSchema schema, Column column, TableColumn live, TypeCatalog catalog) {
        PgType found = PgType.of(live.typeOid(), live.typmod(), catalog);
        // The user may have wanted it so; a type that was changed since is another matter, unless text holds it too.
        boolean isChosen =
                found.sourceType().equals(column.sourceType()) || column.type().equals(ColumnType.STRING);
        PgType type = isChosen ? found.as(column.type()).orElse(found) : found;
        if (!type.columnType().equals(column.type())) {
            throw changed(relation, "column " + column.name() + " is now of type " + type.sourceType());
        }
        if (!type.isSupported()) {
            throw type.unsupported(schema.table().toString(), column.name());
        }
        return type;
    }

    private static TidemarkException changed(TableId relation, String reason) {
        return new TidemarkException(
                ErrorCode.SOURCE_SCHEMA_CHANGED, "Cannot read table " + relation.quoted() + ": " + reason);
    }

    private static TidemarkException rewritten(TableId relation, String reason) {
        return new TidemarkException(
                ErrorCode.SOURCE_TABLE_REWRITTEN, "Cannot read table " + relation.quoted() + ": " + reason);
    }

    /** A column and the name of its type as SQL. */
    private record NamedColumn(TableColumn column, String typeName) {}
}
