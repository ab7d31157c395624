package io.tidemark.source.postgres;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.SnapshotChunk;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TypeChoices;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Sources of test servers, made as the product makes them. */
public final class TestSource {
    private TestSource() {}

    /** A source that connects as the server's superuser. */
    public static LogSource open(EmbeddedPostgresServer server, String database, String pipeline) {
        return open(server, database, pipeline, Map.of(), TypeChoices.NONE);
    }

    /** A source with further settings, and columns to carry otherwise. */
    public static LogSource open(
            EmbeddedPostgresServer server,
            String database,
            String pipeline,
            Map<String, String> settings,
            TypeChoices choices) {
        Map<String, String> texts = new HashMap<>();
        texts.put("url", "postgresql://localhost:" + server.port() + "/" + database);
        texts.put("user", server.user());
        texts.putAll(settings);
        return new PostgresSourceProvider()
                .open(
                        pipeline,
                        new Settings("source", texts, Map.of()),
                        Path.of("target", "scratch", database),
                        choices);
    }

    /** Choices for the columns of a table. */
    public static TypeChoices choices(String table, Map<String, ColumnType> columns) {
        return new TypeChoices(Map.of(), Map.of(new TableId("public", table), columns));
    }

    /** The source's table of this name. */
    public static SourceTable table(LogSource source, String schema, String name) {
        return source.tables().stream()
                .filter(table -> table.id().equals(new TableId(schema, name)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no table " + schema + "." + name));
    }

    /** Reads all chunks of a table in turn. */
    public static long readAll(SnapshotCut cut, SourceTable table, long chunkBytes, Consumer<ChangeBatch> consumer) {
        long rows = 0;
        for (SnapshotChunk chunk : cut.plan(table, chunkBytes)) {
            rows += cut.read(chunk, table, consumer);
        }
        return rows;
    }

    /** The first column of a query's only row, as text. */
    public static String value(Connection connection, String sql) throws SQLException {
        try (ResultSet row = connection.createStatement().executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
