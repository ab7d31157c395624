package io.tidemark.source.postgres.connection;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.SourceIdentity;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/** Which database a connection has reached. Every role may ask, over both kinds of connections. */
public final class ServerIdentity {
    /** The control file tells the timeline of the newest checkpoint only, so it is taken from the name of the file that is written now. */
    private static final String QUERY = """
            select (select system_identifier::text from pg_catalog.pg_control_system()),
                   (select oid::text from pg_catalog.pg_database where datname = pg_catalog.current_database()),
                   case when pg_catalog.pg_is_in_recovery() then '0'
                        else pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 1, 8) end
            """;

    private static final int HEXADECIMAL = 16;

    private ServerIdentity() {}

    /** The database that answers. */
    public static SourceIdentity of(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUERY)) {
            row.next();
            return new SourceIdentity(
                    row.getString(1), row.getString(2), Long.parseLong(row.getString(3), HEXADECIMAL));
        }
    }

    /** Refuses another database than the known one. */
    static void requireSame(SourceIdentity known, SourceIdentity found, PostgresUrl url) {
        if (!known.isSameDatabase(found)) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_REPLACED,
                    "Cannot use " + url + ": it is not the database that this pipeline mirrors (known=" + text(known)
                            + ", found=" + text(found) + ")");
        }
    }

    /** Refuses the known database on another timeline. */
    static void requireTimeline(SourceIdentity known, SourceIdentity found, PostgresUrl url) {
        if (known.timeline() != found.timeline()) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_PROMOTED,
                    "Cannot go on with " + url + ": it is on another timeline (known=" + known.timeline() + ", found="
                            + found.timeline() + ")");
        }
    }

    /**
     * The position at which the server's timeline has left an earlier one; empty when it does not descend from that one.
     *
     * @param connection one for replication
     */
    public static Optional<Position> parted(Connection connection, SourceIdentity now, long earlier)
            throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("TIMELINE_HISTORY " + now.timeline())) {
            row.next();
            return row.getString("content")
                    .lines()
                    .map(line -> line.strip().split("\\s+", 3))
                    .filter(parts -> parts.length >= 2 && parts[0].equals(Long.toString(earlier)))
                    .map(parts ->
                            new Position(LogSequenceNumber.valueOf(parts[1]).asLong()))
                    .findFirst();
        }
    }

    private static String text(SourceIdentity identity) {
        return "system " + identity.system() + " database " + identity.database();
    }
}
