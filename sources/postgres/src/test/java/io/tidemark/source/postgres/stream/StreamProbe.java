package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.catalog.TableCatalog;
import io.tidemark.source.postgres.connection.Connections;
import io.tidemark.source.postgres.connection.PostgresUrl;
import io.tidemark.source.postgres.type.ColumnChoices;
import io.tidemark.source.postgres.type.PgType;
import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TableScope;
import io.tidemark.spi.source.TypeChoices;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.postgresql.PGConnection;

/** A database with a publication of all tables and a slot, and a stream of it. */
final class StreamProbe implements AutoCloseable {
    static final String SLOT = "probe_";

    private final EmbeddedPostgresServer server;
    private final String database;
    private final Path scratch;
    private Connection sql;
    private final List<SourceTable> tables = new ArrayList<>();
    private final Map<TableId, Map<String, ColumnType>> chosen = new HashMap<>();
    private String publication = "probe";
    private PostgresChangeStream stream;
    private int takes;
    final RecordingSink sink = new RecordingSink();

    StreamProbe(EmbeddedPostgresServer server, Path scratch) throws SQLException {
        this.server = server;
        this.database = server.createDatabase();
        this.scratch = scratch;
        this.sql = server.connect(database);
    }

    String database() {
        return database;
    }

    String slot() {
        return SLOT + database;
    }

    Connections connections() {
        return connections(server.port(), database);
    }

    static Connections connections(int port, String database) {
        return new Connections(
                PostgresUrl.parse("postgresql://localhost:" + port + "/" + database), "postgres", null, "probe");
    }

    /** Runs statements, each as a transaction of its own. */
    void execute(String... statements) throws SQLException {
        try (Statement statement = sql.createStatement()) {
            for (String one : statements) {
                statement.execute(one);
            }
        }
    }

    /** Runs statements as one transaction. */
    void transaction(String... statements) throws SQLException {
        sql.setAutoCommit(false);
        execute(statements);
        sql.commit();
        sql.setAutoCommit(true);
    }

    /** Connects again after the server was away. */
    void reconnect() {
        sql = server.connect(database);
    }

    String value(String query) throws SQLException {
        try (Statement statement = sql.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    /** The name of the publication to make and read. */
    void publishAs(String name) {
        publication = name;
    }

    /** Reads another publication from now on. */
    void reopenWith(String otherPublication) throws SQLException {
        stream.close();
        publication = otherPublication;
        open();
    }

    void copy(String statement, String data) throws SQLException, IOException {
        sql.unwrap(PGConnection.class).getCopyAPI().copyIn(statement, new StringReader(data));
    }

    /** Drops the slot as soon as nothing reads it. */
    void dropSlot() {
        Awaitility.await()
                .ignoreExceptions()
                .untilAsserted(() -> execute("select pg_drop_replication_slot('" + slot() + "')"));
    }

    void asText(String table, String column) {
        chosen.computeIfAbsent(new TableId("public", table), key -> new HashMap<>())
                .put(column, ColumnType.STRING);
    }

    /** Registers a table as it is now. */
    void register(String table, List<String> key, BeforeImage beforeImage) throws SQLException {
        List<Column> columns = new ArrayList<>();
        TypeCatalog types = TypeCatalog.load(sql);
        try (Statement statement = sql.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select attname, atttypid::int8, atttypmod, not attnotnull from pg_attribute"
                                + " where attrelid = '" + table
                                + "'::regclass and attnum > 0 and not attisdropped order by attnum")) {
            while (rows.next()) {
                PgType type = ColumnChoices.apply(
                        new TypeChoices(Map.of(), chosen),
                        new TableId("public", table),
                        rows.getString(1),
                        PgType.of((int) rows.getLong(2), rows.getInt(3), types));
                columns.add(new Column(rows.getString(1), type.columnType(), rows.getBoolean(4), type.sourceType()));
            }
        }
        String oid = value("select '" + table + "'::regclass::oid::int8");
        RowSchema schema = new RowSchema(new TableId("public", table), columns, key, beforeImage, oid);
        tables.add(new SourceTable(schema, -1, -1, List.of()));
    }

    /** Registers a part of a table as it is now, with the ids of its columns. */
    SourceTable register(String table, TableScope scope) throws SQLException {
        TableCatalog catalog = TableCatalog.load(sql, TypeCatalog.load(sql), new TypeChoices(Map.of(), chosen));
        SourceTable part = Objects.requireNonNull(catalog.tables().get(new TableId("public", table)))
                .within(scope);
        tables.removeIf(known -> known.id().equals(part.id()));
        tables.add(part);
        return part;
    }

    /** Registers a table as its mirror has become. */
    void register(SourceTable part, RowSchema schema) {
        tables.removeIf(known -> known.id().equals(part.id()));
        tables.add(new SourceTable(schema, -1, -1, List.of(), part.scope()));
    }

    /** Opens the stream, or again behind what was taken. */
    PostgresChangeStream reopen() throws SQLException {
        if (stream == null) {
            return open();
        }
        String token = stream.deliveredToken();
        stream.close();
        return open(Optional.of(token));
    }

    /** Makes publication and slot when there are none, and opens the stream where the slot is. */
    PostgresChangeStream open() throws SQLException {
        if (value("select count(*) from pg_replication_slots where slot_name = '" + slot() + "'")
                .equals("0")) {
            execute(
                    "create publication " + TableId.quote(publication) + " for all tables",
                    "select pg_create_logical_replication_slot('" + slot() + "', 'pgoutput')");
        }
        stream = open(Optional.empty());
        return stream;
    }

    PostgresChangeStream open(Optional<String> token) {
        return open(token, CatchUp.Limits.USUAL);
    }

    PostgresChangeStream open(Optional<String> token, CatchUp.Limits limits) {
        ReplicationRequest request = new ReplicationRequest(
                connections(),
                slot(),
                List.of(publication),
                token,
                tables,
                new TypeChoices(Map.of(), chosen),
                scratch,
                Clock.systemUTC());
        stream = PostgresChangeStream.open(request, limits);
        return stream;
    }

    /** Polls until a marker written now has arrived, and takes what came before it, without empty transactions. */
    List<String> take() throws SQLException {
        sink.lines.clear();
        sink.rows.clear();
        sink.schemas.clear();
        sink.commits.clear();
        sink.rejections.clear();
        takes++;
        String marker = "end of take " + takes;
        execute("select pg_logical_emit_message(true, 'tidemark', '" + marker + "')");
        Instant deadline = Instant.now().plusSeconds(60);
        while (!sink.lines.contains("marker " + marker)) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("The marker did not arrive; these did: " + sink.lines);
            }
            stream.poll(sink, Duration.ofMillis(200));
        }
        return withoutEmptyTransactions(sink.lines.subList(0, sink.lines.indexOf("marker " + marker)));
    }

    /** PostgreSQL 14 also sends transactions that changed nothing of interest. */
    private static List<String> withoutEmptyTransactions(List<String> lines) {
        List<String> kept = new ArrayList<>();
        String previous = "commit";
        for (String line : lines) {
            if (!line.equals("commit") || !previous.equals("commit")) {
                kept.add(line);
            }
            previous = line;
        }
        return kept;
    }

    @Override
    public void close() throws SQLException {
        if (stream != null) {
            stream.close();
        }
        sql.close();
    }
}
