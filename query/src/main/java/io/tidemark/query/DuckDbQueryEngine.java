package io.tidemark.query;

import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.query.QueryCatalog;
import io.tidemark.spi.query.QueryEngine;
import io.tidemark.spi.query.ResultVisitor;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.verify.TableReading;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/** Queries and readings, each in a session of its own. */
final class DuckDbQueryEngine implements QueryEngine {
    private final Sessions sessions;

    DuckDbQueryEngine(Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public void run(String sql, QueryCatalog catalog, ResultVisitor visitor) {
        try (DuckDbSession session = sessions.open()) {
            QueryText text = QueryText.inspect(session.connection(), sql);
            if (text.showsTables()) {
                showTables(catalog, visitor);
                return;
            }
            QueryTables tables = new QueryTables(session, catalog);
            Optional<QueryText.Count> count = text.count();
            Optional<Long> counted = count.flatMap(wanted -> tables.rows(wanted.table()));
            if (counted.isPresent()) {
                visitor.columns(List.of(count.orElseThrow().column()), List.of("BIGINT"));
                visitor.row(List.of(counted.orElseThrow()));
                return;
            }
            try {
                tables.open(text.tables());
                try (Statement statement = session.connection().createStatement();
                        ResultSet rows = statement.executeQuery(sql)) {
                    ResultReader.read(rows, visitor);
                }
            } catch (SQLException e) {
                tables.checkFiles();
                throw QueryFailures.failed("run the query", e);
            }
        } catch (SQLException e) {
            throw QueryFailures.failed("run the query", e);
        }
    }

    @Override
    public TableReading reading(PinnedTable pinned) {
        pinned.unreadable().ifPresent(why -> {
            throw QueryFailures.unreadable(pinned.spec().schema().table(), why);
        });
        return new DuckDbTableReading(sessions, pinned);
    }

    @Override
    public void close() {
        sessions.close();
    }

    private static void showTables(QueryCatalog catalog, ResultVisitor visitor) {
        visitor.columns(List.of("schema", "name"), List.of("VARCHAR", "VARCHAR"));
        for (TableId table : catalog.tables().stream().sorted().toList()) {
            visitor.row(List.of(table.schema(), table.name()));
        }
    }
}
