package io.tidemark.source.postgres.view;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Reads the result of a COPY row by row. */
public final class CopyRows {
    /** What is read and thrown away to end a COPY early; a longer rest ends with the connection instead. */
    private static final long DRAIN_BYTES_MAX = 8L << 20;

    private CopyRows() {}

    /** Receives rows. */
    @FunctionalInterface
    public interface Visitor {
        /** The bytes of one row, which belong to the visitor; false ends the reading. */
        boolean row(byte[] row);
    }

    /**
     * Reads all rows.
     *
     * @param copy the COPY statement; the server sends each row as one message (manual, "COPY Operations")
     */
    public static void read(Connection connection, String copy, Visitor visitor) throws SQLException {
        CopyOut rows = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(copy);
        try {
            for (byte[] row = rows.readFromCopy(); row != null; row = rows.readFromCopy()) {
                if (!visitor.row(row)) {
                    return;
                }
            }
        } finally {
            if (rows.isActive()) {
                abandon(connection, rows);
            }
        }
    }

    /** A cancel request is not used: it travels on its own and may hit the statement that follows. */
    private static void abandon(Connection connection, CopyOut rows) throws SQLException {
        long bytes = 0;
        for (byte[] row = rows.readFromCopy(); row != null; row = rows.readFromCopy()) {
            bytes += row.length;
            if (bytes > DRAIN_BYTES_MAX) {
                connection.abort(Runnable::run);
                return;
            }
        }
    }
}
