package io.tidemark.source.postgres.connection;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.SourceIdentity;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Opens connections as this pipeline. All of them have the same session settings, so that a value has one text wherever it is rendered:
 * ISO dates, UTC, shortest exact floats, hexadecimal bytes. The search path is empty, so SQL names every object with its schema.
 */
public final class Connections {
    /** Row-level security is off, which means: an error instead of rows that are silently left out. */
    private static final String SESSION = """
            SET timezone = 'UTC';
            SET datestyle = 'ISO, MDY';
            SET intervalstyle = 'postgres';
            SET extra_float_digits = 1;
            SET bytea_output = 'hex';
            SET xmloption = 'content';
            SET search_path = '';
            SET standard_conforming_strings = on;
            SET row_security = off;
            SET synchronous_commit = local;
            SET lock_timeout = 0;
            SET idle_in_transaction_session_timeout = 0;
            SET idle_session_timeout = 0;
            SET statement_timeout =\s""";

    private static final String NO_TRANSACTION_TIMEOUT = "; SET transaction_timeout = 0";

    private static final int TRANSACTION_TIMEOUT_SINCE = 17;

    /** The oldest version whose logical decoding sends transactions in progress, and whose catalog has all columns that are asked for. */
    private static final int MAJOR_MIN = 14;

    private static final int CONNECT_TIMEOUT_SECONDS = 10;

    /** No statement but those that read rows takes longer, the making of a slot included, which waits for running transactions. */
    private static final int STATEMENT_TIMEOUT_SECONDS = 150;

    /** An answer that has not come by then does not come: the server would have ended the statement. */
    private static final int ANSWER_TIMEOUT_SECONDS = STATEMENT_TIMEOUT_SECONDS + 30;

    private final PostgresUrl url;
    private final String user;
    private final @Nullable String password;
    private final String applicationName;
    private volatile @Nullable SourceIdentity known;

    public Connections(PostgresUrl url, String user, @Nullable String password, String pipeline) {
        this.url = url;
        this.user = user;
        this.password = password;
        this.applicationName = "tidemark/" + pipeline;
    }

    /** The role that connects. */
    public String user() {
        return user;
    }

    /** {@code postgresql://host:5432/db as user}. */
    public String description() {
        return url + " as " + user;
    }

    /** From now on only this database will do; any one for null. */
    public void require(@Nullable SourceIdentity identity) {
        known = identity;
    }

    /**
     * Opens a connection for SQL, in autocommit mode. A statement that takes minutes is ended, by the server or, when that is not heard of any more,
     * by the driver.
     */
    public Connection open() {
        return checked(openAny());
    }

    /** The same for reading rows, which takes as long as it takes. */
    public Connection openReading() {
        return checked(open(new Properties(), false, 0));
    }

    /** Opens a connection for SQL to whatever database answers. */
    public Connection openAny() {
        Properties properties = new Properties();
        PGProperty.SOCKET_TIMEOUT.set(properties, ANSWER_TIMEOUT_SECONDS);
        return open(properties, false, STATEMENT_TIMEOUT_SECONDS);
    }

    /** Opens a connection that also takes the commands of the replication protocol, to the known database on the timeline it is known on. */
    public Connection openReplication() {
        Connection connection = checked(openAnyReplication());
        try {
            requireTimeline(connection);
            return connection;
        } catch (TidemarkException e) {
            close(connection);
            throw e;
        }
    }

    /** The same, to whatever database answers. */
    public Connection openAnyReplication() {
        Properties properties = new Properties();
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        return open(properties, true, 0);
    }

    private Connection checked(Connection connection) {
        SourceIdentity required = known;
        if (required == null) {
            return connection;
        }
        try {
            ServerIdentity.requireSame(required, identity(connection), url);
            return connection;
        } catch (TidemarkException e) {
            close(connection);
            throw e;
        }
    }

    private void requireTimeline(Connection connection) {
        SourceIdentity required = known;
        if (required != null) {
            ServerIdentity.requireTimeline(required, identity(connection), url);
        }
    }

    private static SourceIdentity identity(Connection connection) {
        try {
            return ServerIdentity.of(connection);
        } catch (SQLException e) {
            throw PostgresErrors.running("find out which database this is", e);
        }
    }

    private Connection open(Properties properties, boolean replication, int statementSeconds) {
        PGProperty.CONNECT_TIMEOUT.set(properties, CONNECT_TIMEOUT_SECONDS);
        url.parameters().forEach(properties::setProperty);
        PGProperty.USER.set(properties, user);
        if (password != null) {
            PGProperty.PASSWORD.set(properties, password);
        }
        PGProperty.APPLICATION_NAME.set(properties, applicationName);
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        Connection connection = null;
        try {
            connection = new Driver().connect(url.jdbc(), properties);
            if (connection == null) {
                throw new IllegalStateException("Cannot connect: the driver did not take the URL");
            }
            int major = connection.getMetaData().getDatabaseMajorVersion();
            if (major < MAJOR_MIN) {
                throw new TidemarkException(
                        ErrorCode.SOURCE_VERSION,
                        "Cannot use " + url + ": PostgreSQL " + major + " is older than " + MAJOR_MIN);
            }
            try (Statement statement = connection.createStatement()) {
                String session = SESSION + "'" + statementSeconds + "s'";
                statement.execute(major >= TRANSACTION_TIMEOUT_SINCE ? session + NO_TRANSACTION_TIMEOUT : session);
            }
            return connection;
        } catch (TidemarkException e) {
            close(connection);
            throw e;
        } catch (SQLException e) {
            close(connection);
            throw PostgresErrors.connecting(url, user, replication, e);
        }
    }

    /** Closes a connection that is of no more use; what goes wrong then concerns nobody. */
    public static void close(@Nullable Connection connection) {
        if (connection == null) {
            return;
        }
        try {
            connection.close();
        } catch (SQLException e) {
            org.slf4j.LoggerFactory.getLogger(Connections.class).debug("Connection was not closed properly", e);
        }
    }
}
