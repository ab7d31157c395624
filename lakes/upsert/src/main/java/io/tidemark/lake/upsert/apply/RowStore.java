package io.tidemark.lake.upsert.apply;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.ColumnType;
import java.util.ArrayList;
import java.util.List;

/** Rows of a round in columns; rows are only ever appended. Not thread-safe. */
final class RowStore {
    /** No row. */
    static final int NONE = -1;

    private static final int CAPACITY = 4096;

    private final List<ColumnVector> columns = new ArrayList<>();
    private final int rowColumns;
    private final boolean isSoft;
    private int size;

    RowStore(LakeTableSpec spec) {
        spec.schema().columns().forEach(column -> columns.add(ColumnVector.of(column.type(), CAPACITY)));
        this.rowColumns = columns.size();
        this.isSoft = spec.deletes() == DeleteMode.SOFT;
        if (isSoft) {
            columns.add(ColumnVector.of(ColumnType.TIMESTAMP_TZ, CAPACITY));
        }
    }

    /** The columns of the mirror's files; with soft deletes the last one is that of deletes. */
    List<ColumnVector> columns() {
        return columns;
    }

    int size() {
        return size;
    }

    long byteSize() {
        long bytes = 0;
        for (ColumnVector column : columns) {
            bytes += column.byteSize();
        }
        return bytes;
    }

    /**
     * Appends a live row of a batch.
     *
     * @param source row of this store from which unchanged values come, or {@link #NONE}: they stay unchanged
     */
    int append(ChangeBatch batch, int row, int source) {
        for (int i = 0; i < rowColumns; i++) {
            ColumnVector from = batch.column(i);
            if (source != NONE && from.isUnchanged(row)) {
                columns.get(i).appendFrom(columns.get(i), source);
            } else {
                columns.get(i).appendFrom(from, row);
            }
        }
        return appended(false, 0);
    }

    /** Appends a row of which only the given columns are known; the others are unchanged, the row is deleted. */
    int appendKeyDeleted(ChangeBatch batch, int row, int[] known, long deletedMicros) {
        boolean[] isKnown = new boolean[rowColumns];
        for (int column : known) {
            isKnown[column] = true;
        }
        for (int i = 0; i < rowColumns; i++) {
            if (isKnown[i]) {
                columns.get(i).appendFrom(batch.column(i), row);
            } else {
                columns.get(i).appendUnchanged();
            }
        }
        return appended(true, deletedMicros);
    }

    /** Appends a row of which nothing is known but that it is deleted. */
    int appendAllUnchangedDeleted(long deletedMicros) {
        for (int i = 0; i < rowColumns; i++) {
            columns.get(i).appendUnchanged();
        }
        return appended(true, deletedMicros);
    }

    /** Appends a row of a batch as deleted. */
    int appendDeleted(ChangeBatch batch, int row, long deletedMicros) {
        for (int i = 0; i < rowColumns; i++) {
            columns.get(i).appendFrom(batch.column(i), row);
        }
        return appended(true, deletedMicros);
    }

    /** Appends a row of this store again, as deleted. */
    int appendDeleted(int source, long deletedMicros) {
        for (int i = 0; i < rowColumns; i++) {
            columns.get(i).appendFrom(columns.get(i), source);
        }
        return appended(true, deletedMicros);
    }

    /** Whether the row was appended as deleted. */
    boolean isDeleted(int row) {
        return isSoft && columns.get(rowColumns).isPresent(row);
    }

    /** When a row that was appended as deleted was deleted. */
    long deletedMicros(int row) {
        return ((LongVector) columns.get(rowColumns)).value(row);
    }

    /** Whether a value of the row is still to be found. */
    boolean hasUnchanged(int row) {
        for (int i = 0; i < rowColumns; i++) {
            if (columns.get(i).hasUnchanged() && columns.get(i).isUnchanged(row)) {
                return true;
            }
        }
        return false;
    }

    void clear() {
        columns.forEach(ColumnVector::clear);
        size = 0;
    }

    private int appended(boolean isDeleted, long deletedMicros) {
        if (isSoft) {
            LongVector deletedAt = (LongVector) columns.get(rowColumns);
            if (isDeleted) {
                deletedAt.append(deletedMicros);
            } else {
                deletedAt.appendNull();
            }
        }
        return size++;
    }
}
