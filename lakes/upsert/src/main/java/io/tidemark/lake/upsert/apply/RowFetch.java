package io.tidemark.lake.upsert.apply;

import io.tidemark.lake.upsert.table.DeletedRowsReader;
import io.tidemark.lake.upsert.table.FileRows;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.spi.change.ColumnVector;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.roaringbitmap.RoaringBitmap;

/**
 * Fetches rows of the mirror for the values that updates did not send. Rows are asked for by place, then read file by file and handed on one by
 * one, so that values of any size pass through a bounded memory. A row that is deleted in the version at hand counts as absent: only a left-over
 * index entry leads to it.
 */
final class RowFetch {
    private final PendingChanges changes;
    private final List<ParquetColumn> columns;
    private final Map<String, Wanted> wanted = new TreeMap<>();

    /**
     * @param columns what to read of the rows
     */
    RowFetch(PendingChanges changes, List<ParquetColumn> columns) {
        this.changes = changes;
        this.columns = columns;
    }

    /** Asks for a row, on behalf of a key. */
    void want(StoredFile file, int row, int key) {
        wanted.computeIfAbsent(file.path(), path -> new Wanted()).add(row, key);
    }

    /** Reads what was asked for. */
    void run(Sink sink) {
        DeletedRowsReader deletedRows = changes.files().deletedRows();
        for (Map.Entry<String, Wanted> entry : wanted.entrySet()) {
            StoredFile live = changes.isCleared() ? null : changes.live().find(entry.getKey());
            // Files of this apply are marked only in memory, and the index never leads to a marked row of theirs.
            RoaringBitmap deleted = live == null ? new RoaringBitmap() : deletedRows.of(live);
            run(entry.getKey(), entry.getValue().sorted(), deleted, sink);
        }
    }

    private void run(String path, long[] sorted, RoaringBitmap deleted, Sink sink) {
        boolean hasDeleted = !deleted.isEmpty();
        int[] at = {0};
        FileRows.scan(changes.files(), path, columns, new RoaringBitmap(), (batch, all) -> {
            long end = batch.firstRow() + batch.rows();
            while (at[0] < sorted.length && (sorted[at[0]] >>> Integer.SIZE) < end) {
                long row = sorted[at[0]] >>> Integer.SIZE;
                int key = (int) sorted[at[0]++];
                if (!hasDeleted || !deleted.contains((int) row)) {
                    sink.accept(key, batch.columns(), (int) (row - batch.firstRow()));
                }
            }
            return at[0] < sorted.length;
        });
    }

    /** Takes rows. */
    interface Sink {
        /** @param fetched the columns asked for, valid during the call */
        void accept(int key, List<ColumnVector> fetched, int row) throws IOException;
    }

    /** Rows of one file with the keys that ask for them. */
    private static final class Wanted {
        private long[] pairs = new long[16];
        private int size;

        void add(int row, int key) {
            if (size == pairs.length) {
                pairs = Arrays.copyOf(pairs, size * 2);
            }
            pairs[size++] = ((long) row << Integer.SIZE) | key;
        }

        /** Row in the upper half, key in the lower, ascending. */
        long[] sorted() {
            long[] sorted = Arrays.copyOf(pairs, size);
            Arrays.sort(sorted);
            return sorted;
        }
    }
}
