package io.tidemark.testkit.lake;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.verify.CanonicalText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Change events of a table from canonical texts ({@link io.tidemark.spi.verify.TableReading}), one per column; null for null. */
public final class Events {
    /** Stands for a value that the update did not touch. */
    public static final String UNCHANGED = "\u0000unchanged\u0000";

    private static final long EPOCH_MICROS = 1_700_000_000_000_000L;

    private final ChangeBatch batch;
    private long position;
    private long sequence;

    /** Events at the position. */
    public Events(RowSchema schema, long position) {
        this.batch = new ChangeBatch(schema, 8);
        this.position = position;
    }

    /** Commit time of the transaction at a position. */
    public static long commitMicros(long position) {
        return EPOCH_MICROS + position;
    }

    /** Later events are at this position. */
    public Events at(long newPosition) {
        position = newPosition;
        sequence = 0;
        return this;
    }

    public Events insert(@Nullable String... values) {
        return add(Operation.INSERT, values);
    }

    public Events update(@Nullable String... values) {
        return add(Operation.UPDATE, values);
    }

    public Events before(@Nullable String... values) {
        return add(Operation.BEFORE, values);
    }

    public Events delete(@Nullable String... values) {
        return add(Operation.DELETE, values);
    }

    public Events truncate() {
        return add(Operation.TRUNCATE);
    }

    /** An event; columns for which there is no value are null. */
    public Events add(Operation operation, @Nullable String... values) {
        batch.beginRow(operation, position, sequence++, position, commitMicros(position));
        for (int i = 0; i < values.length; i++) {
            append(batch.column(i), values[i]);
        }
        batch.padRow();
        return this;
    }

    /** The events; these are the same rows, not a copy. */
    public ChangeBatch batch() {
        return batch;
    }

    /** A row as a list; null for null. */
    public static List<@Nullable String> row(@Nullable String... values) {
        List<@Nullable String> row = new ArrayList<>();
        Collections.addAll(row, values);
        return row;
    }

    /** A row of the vectors as canonical texts; null for null. */
    public static List<@Nullable String> texts(List<? extends ColumnVector> columns, int row) {
        List<@Nullable String> texts = new ArrayList<>();
        for (ColumnVector column : columns) {
            if (column.isUnchanged(row)) {
                texts.add(UNCHANGED);
            } else {
                texts.add(column.isNull(row) ? null : CanonicalText.text(column, row));
            }
        }
        return texts;
    }

    private static void append(ColumnVector column, @Nullable String value) {
        if (value == null) {
            column.appendNull();
        } else if (value.equals(UNCHANGED)) {
            column.appendUnchanged();
        } else {
            CanonicalText.append(column, value);
        }
    }
}
