package io.tidemark.lake.iceberg.apply;

import io.tidemark.lake.iceberg.plan.DeletedPositions;
import io.tidemark.lake.iceberg.plan.FileRows;
import io.tidemark.lake.iceberg.plan.LiveFile;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.spi.change.ColumnVector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.deletes.PositionDeleteIndex;

/**
 * Fetches rows of the mirror for the values that updates did not send. Rows are asked for by place, then read file by file. A row that is deleted
 * in the version at hand counts as absent: only a left-over index entry leads to it.
 */
final class RowFetch {
    private final PendingChanges changes;
    private final List<ColumnVector> fetched = new ArrayList<>();
    private final Map<String, Wanted> wanted = new TreeMap<>();
    private int size;

    RowFetch(PendingChanges changes) {
        this.changes = changes;
        for (ParquetColumn column : changes.files().columns()) {
            fetched.add(ColumnVector.of(column.type(), 64));
        }
    }

    /** Asks for a row, on behalf of a key. */
    void want(DataFile file, int row, int key) {
        wanted.computeIfAbsent(file.location(), path -> new Wanted()).add(row, key);
    }

    boolean isEmpty() {
        return wanted.isEmpty();
    }

    /** The rows fetched, in the columns of the mirror's files. */
    List<ColumnVector> rows() {
        return fetched;
    }

    /**
     * Reads what was asked for.
     *
     * @param rowOf receives, at each key, the number of its row among {@link #rows()}; keys whose row is absent keep what is there
     */
    void run(int[] rowOf) {
        DeletedPositions deletedPositions = new DeletedPositions(changes.files().io());
        for (Map.Entry<String, Wanted> entry : wanted.entrySet()) {
            LiveFile live = changes.isCleared() ? null : changes.live().find(entry.getKey());
            // Files of this apply are marked only in memory, and the index never leads to a marked row of theirs.
            PositionDeleteIndex deleted = live == null ? PositionDeleteIndex.empty() : deletedPositions.of(live);
            run(entry.getKey(), entry.getValue(), deleted, rowOf);
        }
    }

    private void run(String path, Wanted rows, PositionDeleteIndex deleted, int[] rowOf) {
        long[] sorted = rows.sorted();
        int[] at = {0};
        FileRows.scan(
                changes.files().io(), path, changes.files().columns(), PositionDeleteIndex.empty(), (batch, all) -> {
                    long end = batch.firstRow() + batch.rows();
                    while (at[0] < sorted.length && (sorted[at[0]] >>> Integer.SIZE) < end) {
                        long row = sorted[at[0]] >>> Integer.SIZE;
                        int key = (int) sorted[at[0]++];
                        if (!deleted.isDeleted(row)) {
                            take(batch.columns(), (int) (row - batch.firstRow()));
                            rowOf[key] = size++;
                        }
                    }
                });
    }

    private void take(List<ColumnVector> columns, int row) {
        for (int i = 0; i < fetched.size(); i++) {
            fetched.get(i).appendFrom(columns.get(i), row);
        }
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
