package io.tidemark.source.postgres.catalog;

import io.tidemark.source.postgres.connection.PostgresErrors;
import io.tidemark.source.postgres.type.ColumnChoices;
import io.tidemark.source.postgres.type.PgType;
import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TypeChoices;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** The user tables of a database as sources of changes, and those that cannot be one with the reason. */
public final class TableCatalog {
    private final Map<TableId, SourceTable> tables = new TreeMap<>();
    private final Map<TableId, String> leftOut = new TreeMap<>();
    private final Map<TableId, List<UnsupportedColumn>> unsupported = new HashMap<>();

    /**
     * A column of a type that is not supported.
     *
     * @param number its number
     * @param notice what the table's notices say of it
     * @param problem why it cannot be captured, and what to do
     */
    public record UnsupportedColumn(String name, int number, String notice, TidemarkException problem) {}

    private TableCatalog() {}

    /**
     * Reads the catalog.
     *
     * @param choices what the user wants columns to be carried as
     */
    public static TableCatalog load(Connection connection, TypeCatalog types, TypeChoices choices) {
        try {
            CatalogRows rows = CatalogRows.load(connection);
            TableCatalog catalog = new TableCatalog();
            catalog.addAll(rows, types, choices, connection.getMetaData().getDatabaseMajorVersion());
            return catalog;
        } catch (SQLException e) {
            throw PostgresErrors.running("list tables", e);
        }
    }

    /** Tables that can be captured, by name. */
    public Map<TableId, SourceTable> tables() {
        return Collections.unmodifiableMap(tables);
    }

    /** Tables that cannot be captured, each with the reason. */
    public Map<TableId, String> leftOut() {
        return Collections.unmodifiableMap(leftOut);
    }

    /** Columns of the table that cannot be captured. */
    public List<UnsupportedColumn> unsupportedColumns(TableId table) {
        return List.copyOf(unsupported.getOrDefault(table, List.of()));
    }

    private void addAll(CatalogRows rows, TypeCatalog types, TypeChoices choices, int serverMajor) {
        Map<Long, List<Relation>> leaves = leavesByRoot(rows.relations());
        for (Relation relation : rows.relations()) {
            if (relation.isPartition()) {
                continue;
            }
            List<Relation> parts = leaves.getOrDefault(relation.oid(), List.of());
            String reason = reasonToLeaveOut(relation, parts);
            if (!reason.isEmpty()) {
                leftOut.put(relation.id(), reason);
                continue;
            }
            tables.put(relation.id(), table(relation, parts, rows, types, choices, serverMajor));
        }
    }

    private static String reasonToLeaveOut(Relation relation, List<Relation> leaves) {
        if (relation.isForeign()) {
            return "it is a foreign table, whose changes are not in this database's log";
        }
        if (relation.isUnlogged()) {
            return "it is unlogged, so its changes are not in the log; run: ALTER TABLE "
                    + relation.id().quoted() + " SET LOGGED;";
        }
        for (Relation leaf : leaves) {
            if (leaf.isForeign() || leaf.isUnlogged()) {
                return "its partition " + leaf.id() + " is " + (leaf.isForeign() ? "a foreign table" : "unlogged")
                        + ", so changes of it are not in this database's log";
            }
        }
        return "";
    }

    private SourceTable table(
            Relation relation,
            List<Relation> leaves,
            CatalogRows rows,
            TypeCatalog types,
            TypeChoices choices,
            int serverMajor) {
        List<Column> columns = new ArrayList<>();
        List<String> notices = new ArrayList<>();
        List<TableColumn> found = rows.columns().getOrDefault(relation.oid(), List.of());
        Set<String> generated = new HashSet<>();
        found.stream().filter(TableColumn::isGenerated).forEach(column -> generated.add(column.name()));
        List<String> names = found.stream().map(TableColumn::name).toList();
        ReplicaIdentity identity = identity(relation, leaves, rows, generated, serverMajor);
        for (TableColumn column : found) {
            if (column.isGenerated()) {
                notices.add(
                        "generated column " + column.name() + " is left out: logical replication does not carry it");
                continue;
            }
            PgType type = ColumnChoices.flattened(
                    type(relation.id(), column, types, choices), column.name(), identity.key(), names);
            if (!type.isSupported()) {
                String notice = "column " + column.name() + " has a type that is not supported: " + type.sourceType();
                notices.add(notice);
                unsupported
                        .computeIfAbsent(relation.id(), id -> new ArrayList<>())
                        .add(new UnsupportedColumn(
                                column.name(),
                                column.number(),
                                notice,
                                type.unsupported(relation.id().toString(), column.name())));
            }
            columns.add(new Column(
                    column.name(), type.columnType(), column.isNullable(), type.sourceType(), column.number()));
        }
        notices.addAll(identity.notices());
        return new SourceTable(
                new RowSchema(
                        relation.id(), columns, identity.key(), identity.beforeImage(), Long.toString(relation.oid())),
                total(relation, leaves, Relation::estimatedRows),
                total(relation, leaves, Relation::estimatedBytes),
                notices);
    }

    /** The type that a column is carried as. */
    public static PgType type(TableId table, TableColumn column, TypeCatalog types, TypeChoices choices) {
        PgType type = PgType.of(column.typeOid(), column.typmod(), types);
        return ColumnChoices.apply(choices, table, column.name(), type);
    }

    private static ReplicaIdentity identity(
            Relation relation, List<Relation> leaves, CatalogRows rows, Set<String> generated, int serverMajor) {
        ReplicaIdentity whole = ReplicaIdentity.of(
                relation, rows.indexes().getOrDefault(relation.oid(), List.of()), generated, serverMajor);
        if (!relation.isPartitioned()) {
            return whole;
        }
        List<ReplicaIdentity> parts = new ArrayList<>();
        for (Relation leaf : leaves) {
            parts.add(ReplicaIdentity.of(
                    leaf, rows.indexes().getOrDefault(leaf.oid(), List.of()), generated, serverMajor));
        }
        return ReplicaIdentity.ofPartitions(relation, whole, leaves, parts);
    }

    private static long total(Relation relation, List<Relation> leaves, ToLongFunction<Relation> value) {
        if (!relation.isPartitioned()) {
            return value.applyAsLong(relation);
        }
        long total = 0;
        for (Relation leaf : leaves) {
            long part = value.applyAsLong(leaf);
            if (part < 0) {
                return -1;
            }
            total += part;
        }
        return total;
    }

    /** Partitions that hold rows, however deep, by the oid of their topmost table, ordered by name. */
    private static Map<Long, List<Relation>> leavesByRoot(List<Relation> relations) {
        Map<Long, Relation> byOid = new HashMap<>();
        relations.forEach(relation -> byOid.put(relation.oid(), relation));
        Map<Long, List<Relation>> leaves = new HashMap<>();
        for (Relation relation : relations) {
            if (!relation.isPartition() || relation.isPartitioned()) {
                continue;
            }
            Relation root = relation;
            while (root != null && root.isPartition()) {
                root = byOid.get(root.parent());
            }
            if (root != null) {
                leaves.computeIfAbsent(root.oid(), oid -> new ArrayList<>()).add(relation);
            }
        }
        leaves.values().forEach(parts -> parts.sort(Comparator.comparing(Relation::id)));
        return leaves;
    }
}
