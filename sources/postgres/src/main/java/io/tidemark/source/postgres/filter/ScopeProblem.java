package io.tidemark.source.postgres.filter;

import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.RowFilter;
import io.tidemark.spi.source.RowFilter.ColumnCondition;
import io.tidemark.spi.source.RowFilter.Comparison;
import io.tidemark.spi.source.SourceTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Why a table cannot be mirrored in its scope. */
public final class ScopeProblem {
    private static final String COLUMNS = """
            select a.attname, a.atttypid::int8, format_type(a.atttypid, a.atttypmod), a.attgenerated <> ''
              from pg_catalog.pg_attribute a
              join pg_catalog.pg_class c on c.oid = a.attrelid
              join pg_catalog.pg_namespace n on n.oid = c.relnamespace
             where n.nspname = ? and c.relname = ? and a.attnum > 0 and not a.attisdropped order by a.attnum
            """;

    /** Labels of an enum, or of one under domains. */
    private static final String LABELS = """
            with recursive base(oid) as (
              select ?::int8::oid
              union all
              select t.typbasetype from base b join pg_catalog.pg_type t on t.oid = b.oid and t.typtype = 'd')
            select e.enumlabel from base b join pg_catalog.pg_enum e on e.enumtypid = b.oid
            """;

    private ScopeProblem() {}

    /** The first problem of each table that has one. */
    public static Map<TableId, TidemarkException> find(Connection connection, List<SourceTable> tables)
            throws SQLException {
        Map<TableId, TidemarkException> problems = new HashMap<>();
        TypeCatalog types = null;
        for (SourceTable table : tables) {
            Optional<TidemarkException> problem = ofColumns(table);
            if (problem.isEmpty() && !table.scope().rows().isEmpty()) {
                types = types == null ? TypeCatalog.load(connection) : types;
                problem = ofRows(connection, table, types);
            }
            problem.ifPresent(found -> problems.put(table.id(), found));
        }
        return problems;
    }

    /** What is wrong with the columns that are left. */
    private static Optional<TidemarkException> ofColumns(SourceTable table) {
        if (table.schema().columns().isEmpty()) {
            return Optional.of(omitted(table.id(), "no column is left"));
        }
        if (table.schema().beforeImage() == BeforeImage.KEY && !table.schema().hasKey()) {
            return Optional.of(omitted(
                    table.id(),
                    "a column of its key is left out, and without the key updates and deletes cannot be applied"));
        }
        return Optional.empty();
    }

    /** What is wrong with the conditions on rows, as the table is now. */
    private static Optional<TidemarkException> ofRows(Connection connection, SourceTable table, TypeCatalog types)
            throws SQLException {
        RowFilter rows = table.scope().rows();
        List<FilterColumn> columns = columns(connection, table.id());
        try {
            FilterPlan.of(table.id(), rows, columns, types);
            for (ColumnCondition condition : rows.conditions()) {
                for (FilterColumn column : columns) {
                    if (column.name().equals(condition.column())) {
                        checkLabels(connection, table.id(), condition, column, types);
                    }
                }
            }
            return Optional.empty();
        } catch (TidemarkException e) {
            return Optional.of(e);
        }
    }

    private static List<FilterColumn> columns(Connection connection, TableId table) throws SQLException {
        List<FilterColumn> columns = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    columns.add(new FilterColumn(
                            row.getString(1), (int) row.getLong(2), row.getString(3), row.getBoolean(4)));
                }
            }
        }
        return columns;
    }

    /** A label that does not exist is a slip of the pen rather than a condition that is never met. */
    private static void checkLabels(
            Connection connection, TableId table, ColumnCondition condition, FilterColumn column, TypeCatalog types)
            throws SQLException {
        if (FilterType.find(column.typeOid(), types).orElse(null) != FilterType.ENUM) {
            return;
        }
        List<String> labels = labels(connection, column.typeOid());
        for (Comparison comparison : condition.anyOf()) {
            for (String literal : comparison.literals()) {
                if (!labels.contains(literal)) {
                    throw FilterPlan.invalid(
                            table,
                            "a condition compares column " + column.name()
                                    + " with what is no label of its type (type=" + column.typeName() + ", value="
                                    + literal + ", labels=" + String.join(" ", labels) + ")");
                }
            }
        }
    }

    private static List<String> labels(Connection connection, int typeOid) throws SQLException {
        List<String> labels = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(LABELS)) {
            statement.setLong(1, Integer.toUnsignedLong(typeOid));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    labels.add(row.getString(1));
                }
            }
        }
        return labels;
    }

    private static TidemarkException omitted(TableId table, String reason) {
        return new TidemarkException(
                ErrorCode.CONFIG_INVALID,
                "Cannot mirror table " + table + " without the columns that its rule leaves out: " + reason,
                "Correct 'omit' in the table's rule.",
                null);
    }
}
