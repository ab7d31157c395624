package io.tidemark.source.postgres.snapshot;

import io.tidemark.source.postgres.type.BigEndian;
import io.tidemark.source.postgres.type.CopyBinaryReader;
import io.tidemark.source.postgres.type.RowDecoder;
import io.tidemark.source.postgres.type.RowLimit;
import io.tidemark.source.postgres.view.BlockRange;
import io.tidemark.source.postgres.view.CopyRows;
import io.tidemark.source.postgres.view.RelationLayout;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.UndecodableRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
    long copy(
            Connection connection,
            BlockRange range,
            Consumer<ChangeBatch> consumer,
            @Nullable Consumer<UndecodableRow> undecodable)
            throws SQLException {
        return copy(
                connection,
                " FROM " + layout.from() + " WHERE " + layout.where(range.condition()),
                consumer,
                undecodable);
    }

    /**
     * Reads rows.
     *
     * @param source what stands behind the list of columns
     * @param undecodable gets rows that cannot be decoded; null when the first one ends the copy
     */
    long copy(
            Connection connection,
            String source,
            Consumer<ChangeBatch> consumer,
            @Nullable Consumer<UndecodableRow> undecodable)
            throws SQLException {
        RowDecoder decoder = new RowDecoder(layout.schema(), layout.types());
        ChangeBatch batch = new ChangeBatch(layout.schema(), ROWS_PER_BATCH);
        CopyBinaryReader reader = new CopyBinaryReader(decoder, () -> batch, position.value(), takenMicros);
        Progress progress = new Progress();
        try {
            CopyRows.read(
                    connection, "COPY (SELECT " + layout.columnList() + source + ") TO STDOUT (FORMAT binary)", row -> {
                        // A message is a row, so that the bytes of a batch are known before they are decoded.
                        if (batch.size() == ROWS_PER_BATCH
                                || (progress.bytes + row.length > BYTES_PER_BATCH && !batch.isEmpty())) {
                            consumer.accept(batch);
                            batch.clear();
                            progress.bytes = 0;
                        }
                        try {
                            reader.feed(row, 0, row.length);
                        } catch (TidemarkException e) {
                            if (undecodable == null || e.code() != ErrorCode.SOURCE_VALUE) {
                                throw e;
                            }
                            undecodable.accept(rejected(decoder, row, progress.rows, e));
                        }
                        progress.bytes += row.length;
                        progress.rows++;
                        return true;
                    });
        } catch (TidemarkException e) {
            throw undecodable == null && e.code() == ErrorCode.SOURCE_VALUE ? new RowFailure(progress.rows, e) : e;
        }
        if (!batch.isEmpty()) {
            consumer.accept(batch);
        }
        return reader.finish();
    }

    /** A message is a row: before the first one the header, then the count of fields, then each with its length. */
    private UndecodableRow rejected(RowDecoder decoder, byte[] row, long sequence, TidemarkException reason) {
        int columns = decoder.columnCount();
        int[] offsets = new int[columns];
        int[] lengths = new int[columns];
        int at = CopyBinaryReader.rowStart(row) + 2;
        for (int i = 0; i < columns; i++) {
            lengths[i] = BigEndian.int32(row, at);
            at += 4;
            offsets[i] = at;
            at += Math.max(0, lengths[i]);
        }
        List<String> key = decoder.key(row, offsets, lengths);
        return new UndecodableRow(
                layout.schema().table(),
                Operation.INSERT,
                position,
                sequence,
                key.isEmpty() ? List.of() : List.of(key),
                decoder.columnOf(reason),
                reason,
                row.length > RowLimit.ofHeap().bytesMax() ? Arrays.copyOf(row, RowLimit.HEAD_BYTES) : row);
    }

    /** What has been read so far. */
    private static final class Progress {
        private long rows;
        private long bytes;
    }

    /** A row of a copy could not be decoded; where it is has yet to be found out. */
    static final class RowFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final long offset;
        private final TidemarkException reason;

        RowFailure(long offset, TidemarkException reason) {
            super(reason);
            this.offset = offset;
            this.reason = reason;
        }

        /** Rows before it in the copy. */
        long offset() {
            return offset;
        }

        TidemarkException reason() {
            return reason;
        }
    }
}
