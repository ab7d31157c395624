package io.tidemark.metastore.jdbc;

import java.sql.Driver;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;

/** What SQLite and PostgreSQL do differently. */
enum Dialect {
    /**
     * WAL lets readers go on beside a writer, FULL makes a commit wait for the disk. IMMEDIATE takes the write lock when a transaction begins, so
     * that one that has read never fails to become a writer.
     */
    SQLITE("jdbc:sqlite:", "TEXT") {
        @Override
        Driver driver() {
            return new org.sqlite.JDBC();
        }

        @Override
        void addTo(Properties properties) {
            properties.setProperty("journal_mode", "WAL");
            properties.setProperty("synchronous", "FULL");
            properties.setProperty("busy_timeout", Integer.toString(BUSY_MILLIS));
            properties.setProperty("transaction_mode", "IMMEDIATE");
        }

        @Override
        boolean isDiskFull(SQLException e) {
            return (e.getErrorCode() & 0xFF) == SQLITE_FULL;
        }

        @Override
        boolean isBusy(SQLException e) {
            int code = e.getErrorCode() & 0xFF;
            return code == SQLITE_BUSY || code == SQLITE_LOCKED;
        }
    },
    /** The key compares by bytes, so that its order and prefixes do not depend on the database's locale. */
    POSTGRES("jdbc:postgresql:", "TEXT COLLATE \"C\"") {
        @Override
        Driver driver() {
            return new org.postgresql.Driver();
        }

        @Override
        void addTo(Properties properties) {
            properties.putIfAbsent("ApplicationName", "tidemark");
            properties.putIfAbsent("connectTimeout", "10");
            properties.putIfAbsent("socketTimeout", "30");
            properties.putIfAbsent("tcpKeepAlive", "true");
        }

        @Override
        boolean isDiskFull(SQLException e) {
            return "53100".equals(e.getSQLState());
        }

        @Override
        boolean isBusy(SQLException e) {
            return false;
        }

        @Override
        Optional<String> sessionSql() {
            // An acknowledged write must survive a crash of the server, whatever the default of the database is.
            return Optional.of("SELECT set_config('synchronous_commit', 'on', false)"
                    + " WHERE current_setting('synchronous_commit') = 'off'");
        }
    };

    /** How long a SQLite connection waits for another process's write; each takes milliseconds. */
    static final int BUSY_MILLIS = 15_000;

    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_LOCKED = 6;
    private static final int SQLITE_FULL = 13;

    private final String prefix;
    private final String keyType;

    Dialect(String prefix, String keyType) {
        this.prefix = prefix;
        this.keyType = keyType;
    }

    /** The dialect of a JDBC URL. */
    static Optional<Dialect> find(String url) {
        String lower = url.toLowerCase(Locale.ROOT);
        for (Dialect dialect : values()) {
            if (lower.startsWith(dialect.prefix)) {
                return Optional.of(dialect);
            }
        }
        return Optional.empty();
    }

    /** Asked for by name: {@link java.sql.DriverManager} opens every jar to find all drivers. */
    abstract Driver driver();

    /** Adds the connection properties that the guarantees rest on. */
    abstract void addTo(Properties properties);

    abstract boolean isDiskFull(SQLException e);

    /** Whether another process holds the store and a repeated attempt is harmless, because nothing was done. */
    abstract boolean isBusy(SQLException e);

    /** A statement that each new connection starts with. */
    Optional<String> sessionSql() {
        return Optional.empty();
    }

    String prefix() {
        return prefix;
    }

    String createTableSql(String table) {
        return "CREATE TABLE IF NOT EXISTS " + table + " (key " + keyType
                + " NOT NULL PRIMARY KEY, version BIGINT NOT NULL, value TEXT NOT NULL)";
    }
}
