package io.tidemark.slices;

import io.tidemark.parquet.ParquetColumn;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What an event is beside its row, as columns of a slice file: operation, position, sequence, transaction, commit time, and which columns an
 * update left as they were. The vectors are reused from batch to batch.
 */
final class EventColumns {
    private static final Pattern RESERVED = Pattern.compile("_+tidemark_.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    static final String OPERATION = "_tidemark_op";
    static final String POSITION = "_tidemark_position";
    static final String SEQUENCE = "_tidemark_sequence";
    static final String TRANSACTION = "_tidemark_transaction";
    static final String COMMIT_TIME = "_tidemark_commit_time";
    static final String UNCHANGED = "_tidemark_unchanged";

    private static final List<ParquetColumn> COLUMNS = List.of(
            new ParquetColumn(OPERATION, ColumnType.STRING, false, ParquetColumn.NO_FIELD_ID),
            new ParquetColumn(POSITION, ColumnType.INT64, false, ParquetColumn.NO_FIELD_ID),
            new ParquetColumn(SEQUENCE, ColumnType.INT64, false, ParquetColumn.NO_FIELD_ID),
            new ParquetColumn(TRANSACTION, ColumnType.INT64, false, ParquetColumn.NO_FIELD_ID),
            new ParquetColumn(COMMIT_TIME, ColumnType.TIMESTAMP_TZ, false, ParquetColumn.NO_FIELD_ID),
            ParquetColumn.optional(UNCHANGED, ColumnType.BYTES));

    private final BytesVector operation = (BytesVector) ColumnVector.of(ColumnType.STRING, 0);
    private final LongVector position = (LongVector) ColumnVector.of(ColumnType.INT64, 0);
    private final LongVector sequence = (LongVector) ColumnVector.of(ColumnType.INT64, 0);
    private final LongVector transaction = (LongVector) ColumnVector.of(ColumnType.INT64, 0);
    private final LongVector commitTime = (LongVector) ColumnVector.of(ColumnType.TIMESTAMP_TZ, 0);
    private final BytesVector unchanged = (BytesVector) ColumnVector.of(ColumnType.BYTES, 0);
    private final List<ColumnVector> vectors =
            List.of(operation, position, sequence, transaction, commitTime, unchanged);

    /** Columns of a slice file: those of the event, then those of the table, all of them optional. */
    static List<ParquetColumn> fileColumns(RowSchema schema) {
        List<ParquetColumn> columns = new ArrayList<>(COLUMNS);
        for (Column column : schema.columns()) {
            columns.add(ParquetColumn.optional(fileName(column.name()), column.type()));
        }
        return columns;
    }

    /** Name of a table's column in the file: a name that could be one of the event's gets one more underscore in front. */
    static String fileName(String column) {
        return RESERVED.matcher(column).matches() ? "_" + column : column;
    }

    /** The vectors, in the order of the file. */
    List<ColumnVector> vectors() {
        return vectors;
    }

    /** Takes the events of a batch. */
    void fill(ChangeBatch batch) {
        clear();
        byte[] codes = batch.operationCodes();
        for (int row = 0; row < batch.size(); row++) {
            operation.append(codes, row, 1);
            position.append(batch.position(row));
            sequence.append(batch.sequence(row));
            transaction.append(batch.transaction(row));
            commitTime.append(batch.commitMicros(row));
        }
        fillUnchanged(batch);
    }

    void clear() {
        vectors.forEach(ColumnVector::clear);
    }

    /** Adds the events to a batch whose columns have been filled with their rows. */
    void complete(ChangeBatch batch) {
        for (int row = 0; row < position.size(); row++) {
            if (operation.length(row) != 1) {
                throw new IllegalArgumentException("Cannot read operation: it is not one letter (row=" + row + ")");
            }
            batch.beginRow(
                    Operation.ofCode(operation.data()[operation.start(row)]),
                    position.value(row),
                    sequence.value(row),
                    transaction.value(row),
                    commitTime.value(row));
            if (unchanged.isPresent(row)) {
                markUnchanged(batch.columns(), row);
            }
        }
    }

    private void fillUnchanged(ChangeBatch batch) {
        int width = bitmapBytes(batch.columns().size());
        byte[] bitmaps = null;
        for (int i = 0; i < batch.columns().size(); i++) {
            ColumnVector column = batch.column(i);
            if (!column.hasUnchanged()) {
                continue;
            }
            if (bitmaps == null) {
                bitmaps = new byte[Math.multiplyExact(width, batch.size())];
            }
            for (int row = 0; row < batch.size(); row++) {
                if (column.isUnchanged(row)) {
                    bitmaps[row * width + (i >> 3)] |= (byte) (1 << (i & 7));
                }
            }
        }
        for (int row = 0; row < batch.size(); row++) {
            if (bitmaps != null && hasBits(bitmaps, row * width, width)) {
                unchanged.append(bitmaps, row * width, width);
            } else {
                unchanged.appendNull();
            }
        }
    }

    private void markUnchanged(List<ColumnVector> columns, int row) {
        int start = unchanged.start(row);
        if (unchanged.length(row) != bitmapBytes(columns.size())) {
            throw new IllegalArgumentException(
                    "Cannot read unchanged columns: the bitmap does not fit the columns (row=" + row + ", bytes="
                            + unchanged.length(row) + ", columns=" + columns.size() + ")");
        }
        for (int i = 0; i < columns.size(); i++) {
            if ((unchanged.data()[start + (i >> 3)] & (1 << (i & 7))) != 0) {
                columns.get(i).markUnchanged(row);
            }
        }
    }

    private static int bitmapBytes(int columns) {
        return (columns + 7) / 8;
    }

    private static boolean hasBits(byte[] bitmaps, int start, int width) {
        for (int i = start; i < start + width; i++) {
            if (bitmaps[i] != 0) {
                return true;
            }
        }
        return false;
    }
}
