package io.tidemark.engine.job;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.verify.CanonicalText;
import org.jspecify.annotations.Nullable;

/**
 * Rows of an earlier version of a schema as rows of a later one. Columns are told apart by their ids: a renamed one keeps its values, those of a
 * dropped one go, and an added one holds what it is for all rows from before it.
 */
final class RowProjection {
    private final RowSchema to;
    private final int[] sources;

    /** Rows of {@code from} as rows of {@code to}; {@link io.tidemark.spi.schema.SchemaChange#obstacle} must have found none. */
    RowProjection(RowSchema from, RowSchema to) {
        this.to = to;
        this.sources = to.columns().stream()
                .mapToInt(column -> from.indexOfId(column.id()))
                .toArray();
    }

    ChangeBatch apply(ChangeBatch batch) {
        ChangeBatch out = new ChangeBatch(to, batch.size());
        for (int row = 0; row < batch.size(); row++) {
            out.beginRow(
                    batch.operation(row),
                    batch.position(row),
                    batch.sequence(row),
                    batch.transaction(row),
                    batch.commitMicros(row));
            for (int i = 0; i < sources.length; i++) {
                if (sources[i] < 0) {
                    appendInitial(out.column(i), to.columns().get(i).initial());
                } else {
                    append(batch.column(sources[i]), row, out.column(i));
                }
            }
        }
        return out;
    }

    private static void appendInitial(ColumnVector to, @Nullable String initial) {
        if (initial == null) {
            to.appendNull();
        } else {
            CanonicalText.append(to, initial);
        }
    }

    /** The only types that differ are decimals, of which the larger ones are 16 bytes and the others one number. */
    private static void append(ColumnVector from, int row, ColumnVector to) {
        if (from.isPresent(row) && from instanceof LongVector narrow && to instanceof BytesVector wide) {
            long value = narrow.value(row);
            int at = wide.appendReserved(16);
            java.nio.ByteBuffer.wrap(wide.data(), at, 16).putLong(value >> 63).putLong(value);
        } else if (from.isPresent(row) || from.isNull(row)) {
            to.appendFrom(from, row);
        } else {
            to.appendUnchanged();
        }
    }
}
