package io.tidemark.source.postgres.stream;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.source.ChangeSink;
import io.tidemark.spi.source.UndecodableRow;

/** Counts rows and sums their first column, in one batch per schema that is emptied when full. */
final class CountingSink implements ChangeSink {
    private final int rowsMax;
    private ChangeBatch batch;
    private long rows;
    private long sum;
    private long commits;
    private long committedRows;
    private long committedSum;
    private String resumeToken = "";
    private int largest;

    CountingSink(int rowsMax) {
        this.rowsMax = rowsMax;
    }

    @Override
    public ChangeBatch batch(RowSchema schema) {
        if (batch == null || !batch.schema().equals(schema)) {
            count();
            batch = new ChangeBatch(schema, rowsMax);
        } else if (batch.size() >= rowsMax) {
            count();
            batch.clear();
        }
        return batch;
    }

    @Override
    public void commit(Position position, long commitMicros, String resumeToken) {
        commits++;
        this.resumeToken = resumeToken;
        committedRows = rows();
        committedSum = sum();
    }

    @Override
    public void marker(String content) {
        throw new AssertionError("No marker was sent");
    }

    @Override
    public void undecodable(UndecodableRow row) {
        throw new AssertionError(row.reason());
    }

    long rows() {
        return rows + (batch == null ? 0 : batch.size());
    }

    long sum() {
        long open = 0;
        for (int i = 0; batch != null && i < batch.size(); i++) {
            open += ((IntVector) batch.column(0)).value(i);
        }
        return sum + open;
    }

    long commits() {
        return commits;
    }

    /** Rows of transactions that have ended. */
    long committedRows() {
        return committedRows;
    }

    /** Behind the newest of them. */
    String resumeToken() {
        return resumeToken;
    }

    long committedSum() {
        return committedSum;
    }

    int largestBatch() {
        return largest;
    }

    ChangeBatch lastBatch() {
        return batch;
    }

    private void count() {
        if (batch == null) {
            return;
        }
        int[] values = ((IntVector) batch.column(0)).values();
        for (int i = 0; i < batch.size(); i++) {
            sum += values[i];
        }
        rows += batch.size();
        largest = Math.max(largest, batch.size());
    }
}
