package io.tidemark.lake.upsert.apply;

import io.tidemark.parquet.ParquetColumn;
import io.tidemark.spi.change.ColumnVector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of a round completed with fetched values, on their way into the round's files. Not thread-safe. */
final class FilledRows {
    private static final long BUFFER_BYTES = 16L << 20;

    private final RowStore rows;
    private final Sink sink;
    private final List<ColumnVector> buffer = new ArrayList<>();
    private final List<ParquetColumn> fetchedColumns = new ArrayList<>();

    /** Place of each column among the fetched ones, or -1. */
    private final int[] fetchedAt;

    private int[] keys = new int[64];
    private int buffered;

    FilledRows(RowStore rows, List<ParquetColumn> columns, Sink sink) {
        this.rows = rows;
        this.sink = sink;
        this.fetchedAt = new int[columns.size()];
        for (int i = 0; i < fetchedAt.length; i++) {
            buffer.add(ColumnVector.of(columns.get(i).type(), 64));
            fetchedAt[i] = -1;
            if (rows.columns().get(i).hasUnchanged()) {
                fetchedAt[i] = fetchedColumns.size();
                fetchedColumns.add(columns.get(i));
            }
        }
    }

    /** The columns of which any row lacks a value. */
    List<ParquetColumn> fetchedColumns() {
        return fetchedColumns;
    }

    /** Completes a key's row. */
    void add(int key, int row, List<ColumnVector> fetched, int fetchedRow) throws IOException {
        for (int i = 0; i < fetchedAt.length; i++) {
            ColumnVector own = rows.columns().get(i);
            if (own.isUnchanged(row)) {
                buffer.get(i).appendFrom(fetched.get(fetchedAt[i]), fetchedRow);
            } else {
                buffer.get(i).appendFrom(own, row);
            }
        }
        if (buffered == keys.length) {
            keys = Arrays.copyOf(keys, buffered * 2);
        }
        keys[buffered++] = key;
        if (byteSize() >= BUFFER_BYTES) {
            flush();
        }
    }

    /** Writes what waits. */
    void flush() throws IOException {
        int[] all = new int[buffered];
        Arrays.setAll(all, i -> i);
        sink.accept(buffer, Arrays.copyOf(keys, buffered), all);
        buffer.forEach(ColumnVector::clear);
        buffered = 0;
    }

    private long byteSize() {
        long bytes = 0;
        for (ColumnVector column : buffer) {
            bytes += column.byteSize();
        }
        return bytes;
    }

    /** Takes complete rows. */
    interface Sink {
        /**
         * @param vectors valid during the call
         * @param keys the rows' keys
         */
        void accept(List<ColumnVector> vectors, int[] keys, int[] rows) throws IOException;
    }
}
