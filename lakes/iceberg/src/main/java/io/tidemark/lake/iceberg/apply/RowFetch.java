package io.tidemark.lake.iceberg.apply;

import io.tidemark.lake.iceberg.plan.DeletedPositions;
import io.tidemark.lake.iceberg.plan.FileRows;
import io.tidemark.lake.iceberg.plan.LiveFile;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.spi.change.ColumnVector;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.deletes.PositionDeleteIndex;

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
    void want(DataFile file, int row, int key) {
        wanted.computeIfAbsent(file.location(), path -> new Wanted()).add(row, key);
    }

    /** Reads what was asked for. */
    void run(Sink sink) {
        DeletedPositions deletedPositions = new DeletedPositions(changes.files().io());
        for (Map.Entry<String, Wanted> entry : wanted.entrySet()) {
            LiveFile live = changes.isCleared() ? null : changes.live().find(entry.getKey());
            // Files of this apply are marked only in memory, and the index never leads to a marked row of theirs.
            PositionDeleteIndex deleted = live == null ? PositionDeleteIndex.empty() : deletedPositions.of(live);
            run(entry.getKey(), entry.getValue().sorted(), deleted, sink);
        }
    }

    private void run(String path, long[] sorted, PositionDeleteIndex deleted, Sink sink) {
        boolean hasDeleted = !deleted.isEmpty();
        int[] at = {0};
        FileRows.scan(changes.files().io(), path, columns, PositionDeleteIndex.empty(), (batch, all) -> {
            long end = batch.firstRow() + batch.rows();
            while (at[0] < sorted.length && (sorted[at[0]] >>> Integer.SIZE) < end) {
                long row = sorted[at[0]] >>> Integer.SIZE;
                int key = (int) sorted[at[0]++];
                if (!hasDeleted || !deleted.isDeleted(row)) {
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
