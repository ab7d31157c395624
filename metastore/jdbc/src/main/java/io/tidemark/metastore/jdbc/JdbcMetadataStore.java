package io.tidemark.metastore.jdbc;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.MachineLimits;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.EntryLimits;
import io.tidemark.spi.metastore.MetadataStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Semaphore;

/**
 * Entries as rows (key, version, value) of one table. The row with the empty key, which no entry can have, holds the floor in its version and the
 * number of the table's layout in its value.
 *
 * <p>Versions: a write of an existing entry adds one. The floor is at least the version of every entry ever deleted; a new entry starts above
 * it. So no version of a key repeats, and only making and deleting entries, not rewriting them, queue on the floor's row. Both take that row
 * first, so they cannot block each other crosswise.
 */
final class JdbcMetadataStore implements MetadataStore {
    private static final String TABLE = "tidemark_entries";
    private static final String LAYOUT = "1";

    /** Above every key, which is printable ASCII. */
    private static final String KEY_END = "\u007f";

    private final Dialect dialect;
    private final String place;
    private final Connections connections;

    /** SQLite has one writer at a time, and who finds it busy sleeps and tries again: threads of one process queue here instead. */
    private final Semaphore writers;

    private JdbcMetadataStore(Dialect dialect, String place, Connections connections) {
        this.dialect = dialect;
        this.place = place;
        this.connections = connections;
        this.writers = new Semaphore(dialect == Dialect.SQLITE ? 1 : Connections.CONNECTIONS_MAX, true);
    }

    static JdbcMetadataStore open(String url, Properties login) {
        Dialect dialect = Dialect.find(url)
                .orElseThrow(
                        () -> new TidemarkException(
                                ErrorCode.CONFIG_INVALID,
                                "Cannot open the metadata store: its URL must start with jdbc:sqlite: or jdbc:postgresql: (setting=url)"));
        Connections connections = new Connections(dialect, url, login);
        JdbcMetadataStore store = new JdbcMetadataStore(dialect, withoutParameters(url), connections);
        try {
            store.prepare();
            return store;
        } catch (TidemarkException e) {
            connections.close();
            throw e;
        }
    }

    @Override
    public Optional<Entry> read(String key) {
        EntryLimits.checkKey(key);
        return run("read", key, connection -> {
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT version, value FROM " + TABLE + " WHERE key = ?")) {
                select.setString(1, key);
                try (ResultSet row = select.executeQuery()) {
                    return row.next()
                            ? Optional.of(new Entry(key, row.getLong(1), row.getString(2)))
                            : Optional.empty();
                }
            }
        });
    }

    @Override
    public Optional<Entry> compareAndSet(String key, long expectedVersion, String value) {
        EntryLimits.checkKey(key);
        EntryLimits.checkValue(key, value);
        return write(
                "write",
                key,
                connection -> expectedVersion == Entry.ABSENT
                        ? Connections.inTransaction(connection, c -> create(c, key, value))
                        : rewrite(connection, key, expectedVersion, value));
    }

    @Override
    public List<Entry> list(String prefix) {
        EntryLimits.checkPrefix(prefix);
        return run("list", prefix, connection -> {
            try (PreparedStatement select = connection.prepareStatement("SELECT key, version, value FROM " + TABLE
                    + " WHERE key > '' AND key >= ? AND key < ? ORDER BY key")) {
                select.setString(1, prefix);
                select.setString(2, prefix + KEY_END);
                List<Entry> entries = new ArrayList<>();
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        entries.add(new Entry(rows.getString(1), rows.getLong(2), rows.getString(3)));
                    }
                }
                return List.copyOf(entries);
            }
        });
    }

    @Override
    public boolean delete(String key, long expectedVersion) {
        EntryLimits.checkKey(key);
        if (expectedVersion == Entry.ABSENT) {
            return false;
        }
        return run(
                "delete",
                key,
                connection -> Connections.inTransaction(connection, c -> remove(c, key, expectedVersion))
                        .isPresent());
    }

    @Override
    public void close() {
        connections.close();
    }

    private static Optional<Entry> rewrite(Connection connection, String key, long expectedVersion, String value)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE " + TABLE + " SET version = version + 1, value = ? WHERE key = ? AND version = ?")) {
            update.setString(1, value);
            update.setString(2, key);
            update.setLong(3, expectedVersion);
            return update.executeUpdate() == 1
                    ? Optional.of(new Entry(key, expectedVersion + 1, value))
                    : Optional.empty();
        }
    }

    private static Optional<Entry> create(Connection connection, String key, String value) throws SQLException {
        long version;
        try (Statement raise = connection.createStatement();
                ResultSet floor = raise.executeQuery(
                        "UPDATE " + TABLE + " SET version = version + 1 WHERE key = '' RETURNING version")) {
            if (!floor.next()) {
                throw new SQLException("the row of the floor is missing from " + TABLE);
            }
            version = floor.getLong(1);
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO " + TABLE + " (key, version, value) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING")) {
            insert.setString(1, key);
            insert.setLong(2, version);
            insert.setString(3, value);
            return insert.executeUpdate() == 1 ? Optional.of(new Entry(key, version, value)) : Optional.empty();
        }
    }

    private static Optional<Boolean> remove(Connection connection, String key, long expectedVersion)
            throws SQLException {
        try (PreparedStatement raise = connection.prepareStatement(
                "UPDATE " + TABLE + " SET version = CASE WHEN version < ? THEN ? ELSE version END WHERE key = ''")) {
            raise.setLong(1, expectedVersion);
            raise.setLong(2, expectedVersion);
            raise.executeUpdate();
        }
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM " + TABLE + " WHERE key = ? AND version = ?")) {
            delete.setString(1, key);
            delete.setLong(2, expectedVersion);
            return delete.executeUpdate() == 1 ? Optional.of(true) : Optional.empty();
        }
    }

    private void prepare() {
        String layout = run("open", "", connection -> {
            Optional<String> found = findLayout(connection);
            if (found.isPresent()) {
                return found.orElseThrow();
            }
            makeTable(connection);
            return findLayout(connection).orElseThrow(() -> new SQLException("the row of the layout is missing"));
        });
        if (!layout.equals(LAYOUT)) {
            connections.close();
            throw new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot open the metadata store: its layout is of another version of Tidemark (layout=" + layout
                            + ", known=" + LAYOUT + ", url=" + place + ")",
                    "Use the version of Tidemark that made the store, or another store.",
                    null);
        }
    }

    private Optional<String> findLayout(Connection connection) throws SQLException {
        String exists = dialect == Dialect.SQLITE
                ? "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '" + TABLE + "'"
                : "SELECT 1 WHERE to_regclass('" + TABLE + "') IS NOT NULL";
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery(exists)) {
                if (!row.next()) {
                    return Optional.empty();
                }
            }
            try (ResultSet row = statement.executeQuery("SELECT value FROM " + TABLE + " WHERE key = ''")) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    private void makeTable(Connection connection) throws SQLException {
        Connections.inTransaction(connection, c -> {
            try (Statement statement = c.createStatement()) {
                if (dialect == Dialect.POSTGRES) {
                    // Two processes that make the same table at once collide in the catalog, even with IF NOT EXISTS.
                    statement.execute("SELECT pg_advisory_xact_lock(hashtext('" + TABLE + "'))");
                }
                statement.execute(dialect.createTableSql(TABLE));
                statement.execute("INSERT INTO " + TABLE + " (key, version, value) VALUES ('', 0, '" + LAYOUT
                        + "') ON CONFLICT (key) DO NOTHING");
            }
            return Optional.of(true);
        });
    }

    private <T> T write(String verb, String key, Connections.Work<T> work) {
        writers.acquireUninterruptibly();
        try {
            return run(verb, key, work);
        } finally {
            writers.release();
        }
    }

    private <T> T run(String verb, String key, Connections.Work<T> work) {
        try {
            return connections.use(work);
        } catch (SQLException e) {
            String reason = e.getMessage() == null
                    ? e.getClass().getSimpleName()
                    : e.getMessage().strip();
            throw new TidemarkException(
                    dialect.isDiskFull(e)
                            ? ErrorCode.DISK_FULL
                            : MachineLimits.reached(e).orElse(ErrorCode.METASTORE_UNAVAILABLE),
                    "Cannot " + verb + " the metadata store: " + reason + " (key=" + key + ", url=" + place + ")",
                    e);
        }
    }

    /** The URL without what may hold a password. */
    private static String withoutParameters(String url) {
        return url.replaceFirst("\\?.*$", "").replaceFirst("//[^/@]*@", "//");
    }
}
