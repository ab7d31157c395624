package io.tidemark.query;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.query.HistoryFile;
import io.tidemark.spi.query.QueryCatalog;
import io.tidemark.spi.schema.TableId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The tables of one query as views in its session, and the files behind them. */
final class QueryTables {
    /** Where bitstrings of deleted rows live; no table of a catalog is found there, because queries name tables of the catalog only. */
    private static final String INTERNAL = "_tidemark";

    private final DuckDbSession session;
    private final QueryCatalog catalog;
    private final TableNames names;
    private final Map<String, TableId> views = new HashMap<>();
    private final List<String> files = new ArrayList<>();
    private final List<String> historyFiles = new ArrayList<>();
    private final List<LiveRows> mirrors = new ArrayList<>();
    private boolean historyAttached;

    QueryTables(DuckDbSession session, QueryCatalog catalog) {
        this.session = session;
        this.catalog = catalog;
        this.names = new TableNames(catalog.tables());
    }

    /** Makes the views of all references and closes the session to everything else. */
    void open(Set<TableReference> references) throws SQLException {
        Set<TableNames.Target> targets = new LinkedHashSet<>();
        for (TableReference reference : references) {
            targets.add(names.resolve(reference));
        }
        Set<String> searched = searchedSchemas(targets);
        for (TableNames.Target target : targets) {
            make(target);
        }
        if (!searched.isEmpty()) {
            session.execute("SET search_path = "
                    + Sql.text(searched.stream().map(TableId::quote).collect(Collectors.joining(","))));
        }
        session.closeToAllBut(files);
    }

    /** Rows of a mirror as its version's files and deletes tell them, without reading a row; nothing for a history. */
    Optional<Long> rows(TableReference reference) {
        TableNames.Target target = names.resolve(reference);
        if (target.history()) {
            return Optional.empty();
        }
        PinnedTable pinned = pin(target.table());
        LiveRows.checkFiles(pinned);
        return Optional.of(pinned.rows());
    }

    /** Looks for what may have made a query fail and reports it in Tidemark's words. */
    void checkFiles() {
        mirrors.forEach(LiveRows::checkFiles);
        for (String file : historyFiles) {
            Locations.findDamage(file, -1).ifPresent(reason -> {
                throw new TidemarkException(
                        ErrorCode.SLICE_CORRUPT, "Cannot read the history: " + reason + " (file=" + file + ")");
            });
        }
    }

    /**
     * Schemas in which DuckDB looks for tables that are named without one. It would take the first of two tables whose names it does not tell
     * apart, so such a query is refused.
     */
    private static Set<String> searchedSchemas(Set<TableNames.Target> targets) {
        List<TableId> shortNamed = targets.stream()
                .filter(target -> !target.history() && !target.schemaWritten())
                .map(TableNames.Target::table)
                .toList();
        Set<String> schemas =
                shortNamed.stream().map(TableId::schema).collect(Collectors.toCollection(LinkedHashSet::new));
        for (TableNames.Target target : targets) {
            TableId table = target.table();
            boolean hidden = shortNamed.stream()
                    .anyMatch(other -> !other.equals(table) && other.name().equalsIgnoreCase(table.name()));
            if (hidden && !target.history() && schemas.contains(table.schema())) {
                throw QueryFailures.rejected("it names tables without their schema that differ only in case (table="
                        + table.quoted() + "); write the schema of each");
            }
        }
        return schemas;
    }

    private void make(TableNames.Target target) throws SQLException {
        TableId table = target.table();
        String place = target.history() ? TableNames.HISTORY : Sql.CATALOG;
        // The history of a table named without its schema is found in the default schema of its catalog.
        String schema = target.history() && !target.schemaWritten() ? "main" : table.schema();
        String inPlace = TableId.quote(place) + "." + TableId.quote(schema);
        String view = inPlace + "." + TableId.quote(table.name());
        TableId other = views.putIfAbsent(view.toLowerCase(Locale.ROOT), table);
        if (other != null) {
            if (!other.equals(table)) {
                throw QueryFailures.rejected("it names tables that differ only in case (tables=" + other.quoted() + ", "
                        + table.quoted() + ")");
            }
            return;
        }
        if (target.history() && !historyAttached) {
            session.execute("ATTACH ':memory:' AS " + TableNames.HISTORY);
            historyAttached = true;
        }
        session.execute("CREATE SCHEMA IF NOT EXISTS " + inPlace);
        session.execute("CREATE VIEW " + view + " AS " + (target.history() ? history(table) : mirror(table)));
    }

    private String mirror(TableId table) throws SQLException {
        if (mirrors.isEmpty()) {
            session.execute("CREATE SCHEMA " + Sql.CATALOG + "." + INTERNAL);
        }
        LiveRows rows = new LiveRows(pin(table), INTERNAL, "deleted_" + mirrors.size());
        mirrors.add(rows);
        files.addAll(rows.locations());
        rows.loadDeletes(session.connection());
        return "SELECT " + rows.columns().named() + " FROM (" + rows.sql() + ")";
    }

    private PinnedTable pin(TableId table) {
        PinnedTable pinned = catalog.pin(table);
        if (pinned.unreadable().isPresent()) {
            throw QueryFailures.unreadable(table, pinned.unreadable().orElseThrow());
        }
        return pinned;
    }

    private String history(TableId table) {
        List<HistoryFile> slices = catalog.history(table);
        for (HistoryFile slice : slices) {
            String location = Locations.local(slice.location());
            files.add(location);
            historyFiles.add(location);
        }
        return HistoryRows.sql(catalog.schema(table), slices);
    }
}
