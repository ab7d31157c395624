package io.tidemark.source.postgres.snapshot;

import io.tidemark.source.postgres.type.CopyBinaryReader;
import io.tidemark.source.postgres.type.RowDecoder;
import io.tidemark.source.postgres.view.BlockRange;
import io.tidemark.source.postgres.view.RelationLayout;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Reads rows of a relation by binary COPY. */
final class RowCopy {
    private static final int ROWS_PER_BATCH = 8_192;
    private static final long BYTES_PER_BATCH = 8L << 20;

    private final RelationLayout layout;
    private final Position position;
    private final long takenMicros;

    RowCopy(RelationLayout layout, Position position, long takenMicros) {
        this.layout = layout;
        this.position = position;
        this.takenMicros = takenMicros;
    }

    /** Reads the rows of a range of blocks. */
    long copy(Connection connection, BlockRange range, Consumer<ChangeBatch> consumer) throws SQLException {
        String rows = " FROM " + layout.from() + " WHERE " + range.condition();
        Progress progress = new Progress();
        try {
            return copy(connection, "SELECT " + layout.columnList() + rows, progress, consumer);
        } catch (TidemarkException e) {
            throw e.code() == ErrorCode.SOURCE_VALUE ? located(connection, e, rows, progress.rows) : e;
        }
    }

    /**
     * Reads the rows with some keys.
     *
     * @param join what stands behind the list of columns
     */
    long copyKeys(Connection connection, String join, Consumer<ChangeBatch> consumer) throws SQLException {
        return copy(connection, "SELECT " + layout.columnList() + join, new Progress(), consumer);
    }

    private long copy(Connection connection, String select, Progress progress, Consumer<ChangeBatch> consumer) throws SQLException {
        ChangeBatch batch = new ChangeBatch(layout.schema(), ROWS_PER_BATCH);
        CopyBinaryReader reader =
                new CopyBinaryReader(new RowDecoder(layout.schema(), layout.types()), () -> batch, position.value(), takenMicros);
        CopyOut copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("COPY (" + select + ") TO STDOUT (FORMAT binary)");
        try {
            long bytes = 0;
            for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
                // The server sends each row as one message, so that the bytes of a batch are known before they are decoded.
                if (batch.size() == ROWS_PER_BATCH || bytes + row.length > BYTES_PER_BATCH && !batch.isEmpty()) {
                    consumer.accept(batch);
                    batch.clear();
                    bytes = 0;
                }
                reader.feed(row, 0, row.length);
                bytes += row.length;
                progress.rows++;
            }
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
        if (!batch.isEmpty()) {
            consumer.accept(batch);
        }
        return reader.finish();
    }

    /** Names the place of the row that could not be decoded: the same query gives the rows in the same order. */
    private static TidemarkException located(Connection connection, TidemarkException e, String rows, long offset) {
        String at = "unknown";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT ctid::text" + rows + " OFFSET " + offset + " LIMIT 1")) {
            if (row.next()) {
                at = row.getString(1);
            }
        } catch (SQLException second) {
            e.addSuppressed(second);
        }
        String reason = e.reason().endsWith(")") ? e.reason().substring(0, e.reason().length() - 1) + ", " : e.reason() + " (";
        return new TidemarkException(e.code(), reason + "ctid=" + at + ")", e.remedy(), e);
    }

    /** Rows decoded so far. */
    private static final class Progress {
        private long rows;
    }
}
