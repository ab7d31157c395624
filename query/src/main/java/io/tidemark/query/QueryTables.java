package io.tidemark.query;

import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.query.QueryCatalog;
import io.tidemark.spi.schema.TableId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The tables of one query as views in its session, and the files behind them. */
final class QueryTables {
    /** Where bitstrings of deleted rows live; no table of a catalog is found there, because queries name tables of the catalog only. */
    private static final String INTERNAL = "_tidemark";

    private final DuckDbSession session;
    private final QueryCatalog catalog;
    private final TableNames names;
    private final Set<TableNames.Target> made = new LinkedHashSet<>();
    private final Map<String, TableId> viewNames = new HashMap<>();
    private final Set<String> searched = new LinkedHashSet<>();
    private final List<String> files = new ArrayList<>();
    private final List<LiveRows> mirrors = new ArrayList<>();

    QueryTables(DuckDbSession session, QueryCatalog catalog) {
        this.session = session;
        this.catalog = catalog;
        this.names = new TableNames(catalog.tables());
    }

    /** Makes the views of all references and closes the session to everything else. */
    void open(Set<TableReference> references) throws SQLException {
        for (TableReference reference : references) {
            TableNames.Target target = names.resolve(reference);
            if (made.add(target)) {
                make(target);
            }
        }
        if (!searched.isEmpty()) {
            session.execute("SET search_path = " + Sql.text(String.join(",", searched)));
        }
        session.closeToAllBut(files);
    }

    /** Looks for what may have made a query fail and reports it in Tidemark's words. */
    void checkFiles() {
        mirrors.forEach(LiveRows::checkFiles);
    }

    private void make(TableNames.Target target) throws SQLException {
        TableId table = target.table();
        String place = target.history() ? TableNames.HISTORY : "memory";
        // The history of a table named without its schema is found in the default schema of its catalog.
        String schema = target.history() && !target.schemaWritten() ? "main" : table.schema();
        String view = TableId.quote(place) + "." + TableId.quote(schema) + "." + TableId.quote(table.name());
        TableId other = viewNames.putIfAbsent(Names.folded(view), table);
        if (other != null && !other.equals(table)) {
            throw QueryFailures.rejected(
                    "it names tables that differ only in case (tables=" + other.quoted() + ", " + table.quoted() + ")");
        }
        if (!target.history() && !target.schemaWritten()) {
            searched.add(TableId.quote(schema));
        }
        if (other != null) {
            return;
        }
        if (target.history()
                && viewNames.keySet().stream()
                                .filter(name -> name.startsWith("\"history\"."))
                                .count()
                        == 1) {
            session.execute("ATTACH ':memory:' AS history");
        }
        session.execute("CREATE SCHEMA IF NOT EXISTS " + TableId.quote(place) + "." + TableId.quote(schema));
        session.execute("CREATE VIEW " + view + " AS " + (target.history() ? history(table) : mirror(table)));
    }

    private String mirror(TableId table) throws SQLException {
        PinnedTable pinned = catalog.pin(table);
        if (mirrors.isEmpty()) {
            session.execute("CREATE SCHEMA IF NOT EXISTS " + INTERNAL);
        }
        LiveRows rows = new LiveRows(pinned, "memory." + INTERNAL + ".deleted_" + mirrors.size());
        mirrors.add(rows);
        files.addAll(rows.locations());
        rows.loadDeletes(session.connection());
        return "SELECT " + rows.columns().named() + " FROM (" + rows.sql() + ")";
    }

    private String history(TableId table) throws SQLException {
        List<String> locations =
                catalog.history(table).stream().map(Locations::local).collect(Collectors.toList());
        files.addAll(locations);
        return HistoryRows.sql(session.connection(), catalog.schema(table), locations);
    }
}
