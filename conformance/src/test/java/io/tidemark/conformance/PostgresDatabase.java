package io.tidemark.conformance;

import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.iceberg.types.Type;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/** A fresh Postgres database. */
final class PostgresDatabase implements ScenarioDatabase {
    private static final String TABLES = """
            select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p'
               and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
            """;

    private static final String COLUMNS = """
            select a.attname, c.relkind = 'p' from pg_attribute a join pg_class c on c.oid = a.attrelid
             where c.oid = ?::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
             order by a.attnum
            """;

    private final EmbeddedPostgresServer server;
    private final String database;

    PostgresDatabase(EmbeddedPostgresServer server) {
        this.server = server;
        this.database = server.createDatabase();
    }

    Connection connect() {
        return server.connect(database);
    }

    @Override
    public String name() {
        return database;
    }

    @Override
    public String schema() {
        return "public";
    }

    @Override
    public String source() {
        return """
                source:
                  type: postgres
                  url: postgresql://localhost:%d/%s
                  user: postgres
                """.formatted(server.port(), database);
    }

    @Override
    public void run(String block) {
        try (Connection connection = server.connect(database)) {
            run(connection, block);
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot run block: " + e.getMessage(), e);
        }
    }

    @Override
    public void runInOneTransaction(String block) {
        try (Connection connection = server.connect(database)) {
            connection.setAutoCommit(false);
            run(connection, block);
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot run block: " + e.getMessage(), e);
        }
    }

    private static void run(Connection connection, String block) throws SQLException {
        for (SqlText.Statement statement : SqlText.statements(block)) {
            if (statement.isCopy()) {
                copyIn(connection, statement);
                continue;
            }
            try (Statement plain = connection.createStatement()) {
                plain.execute(statement.sql());
            }
        }
    }

    private static void copyIn(Connection connection, SqlText.Statement statement) throws SQLException {
        try {
            new CopyManager(connection.unwrap(BaseConnection.class))
                    .copyIn(statement.sql(), new StringReader(statement.copyData()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Set<TableId> tables() {
        Set<TableId> tables = new TreeSet<>();
        try (Connection connection = server.connect(database);
                ResultSet row = connection.createStatement().executeQuery(TABLES)) {
            while (row.next()) {
                tables.add(new TableId(row.getString(1), row.getString(2)));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return tables;
    }

    /** The text format of COPY is what the types' output functions print, with a few characters escaped. */
    @Override
    public TextRows rows(TableId table) {
        List<String> columns = new ArrayList<>();
        String only = "only ";
        try (Connection connection = server.connect(database)) {
            try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
                statement.setString(1, table.quoted());
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        columns.add(row.getString(1));
                        only = row.getBoolean(2) ? "" : only;
                    }
                }
            }
            String list = columns.stream().map(TableId::quote).collect(Collectors.joining(", "));
            return new TextRows(columns, true, copy(connection, "select " + list + " from " + only + table.quoted()));
        } catch (SQLException | IOException e) {
            throw new IllegalStateException("Cannot read rows of " + table + ": " + e.getMessage(), e);
        }
    }

    @Override
    public TextRows rows(String query) {
        List<String> columns = new ArrayList<>();
        try (Connection connection = server.connect(database)) {
            try (Statement statement = connection.createStatement();
                    ResultSet none = statement.executeQuery("select * from (" + query + ") q limit 0")) {
                for (int i = 1; i <= none.getMetaData().getColumnCount(); i++) {
                    columns.add(none.getMetaData().getColumnName(i));
                }
            }
            return new TextRows(columns, true, copy(connection, query));
        } catch (SQLException | IOException e) {
            throw new IllegalStateException("Cannot read rows of " + query + ": " + e.getMessage(), e);
        }
    }

    private static List<List<String>> copy(Connection connection, String query) throws SQLException, IOException {
        try (Statement settings = connection.createStatement()) {
            settings.execute("set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'postgres';"
                    + " set extra_float_digits = 1; set bytea_output = 'hex'");
        }
        StringWriter out = new StringWriter();
        new CopyManager(connection.unwrap(BaseConnection.class)).copyOut("copy (" + query + ") to stdout", out);
        return out.toString().lines().map(PostgresDatabase::values).toList();
    }

    @Override
    public String comparable(String printed, Type type) {
        return switch (type.typeId()) {
            case FLOAT -> Float.toString(Float.parseFloat(printed));
            case DOUBLE -> Double.toString(Double.parseDouble(printed));
            // Money prints a currency sign and commas.
            case DECIMAL -> printed.replace("$", "").replace(",", "");
            case LIST, STRUCT -> NestedText.mapped(printed, type, this::comparable);
            default -> printed;
        };
    }

    /** A prepared transaction or a slot that is left would hold up the other databases of the server. */
    @Override
    public void close() {
        for (String transaction : names("select gid from pg_prepared_xacts where database = current_database()")) {
            server.execute(database, "rollback prepared '" + transaction.replace("'", "''") + "'");
        }
        server.execute(
                database,
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                        + " where database = current_database() and not active");
        server.execute("postgres", "drop database " + database + " with (force)");
    }

    private List<String> names(String sql) {
        List<String> names = new ArrayList<>();
        try (Connection connection = server.connect(database);
                ResultSet row = connection.createStatement().executeQuery(sql)) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return names;
    }

    private static List<String> values(String line) {
        return Arrays.stream(line.split("\t", -1))
                .map(PostgresDatabase::unescaped)
                .collect(Collectors.toList());
    }

    private static String unescaped(String field) {
        if (field.equals("\\N")) {
            return null;
        }
        if (field.indexOf('\\') < 0) {
            return field;
        }
        StringBuilder text = new StringBuilder(field.length());
        boolean isEscaped = false;
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (isEscaped) {
                text.append(
                        switch (c) {
                            case 'b' -> '\b';
                            case 'f' -> '\f';
                            case 'n' -> '\n';
                            case 'r' -> '\r';
                            case 't' -> '\t';
                            case 'v' -> '\u000B';
                            default -> c;
                        });
                isEscaped = false;
            } else if (c == '\\') {
                isEscaped = true;
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
