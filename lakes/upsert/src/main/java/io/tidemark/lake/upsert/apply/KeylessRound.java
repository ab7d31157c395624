package io.tidemark.lake.upsert.apply;

import io.tidemark.lake.upsert.index.KeyArena;
import io.tidemark.lake.upsert.index.KeyBuffer;
import io.tidemark.lake.upsert.index.KeyEncoder;
import io.tidemark.lake.upsert.index.KeyTable;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.BeforeImage;
import java.util.Arrays;
import java.util.List;

/**
 * The events of a round of a table without a key, as a multiset: for each distinct row how many more or fewer of it there will be. Equal rows
 * cannot be told apart, so inserts and deletes of one row cancel out whatever their order. Not thread-safe.
 */
final class KeylessRound {
    private final LakeTableSpec spec;
    private final boolean isSoft;
    private final KeyEncoder encoder;
    private final KeyTable contents = new KeyTable();
    private final RowStore rows;
    private int[] rowOf = new int[1024];
    private int[] surplus = new int[1024];
    private int[] deletedRows = new int[64];
    private int deletedCount;
    private int beforeRow = RowStore.NONE;

    KeylessRound(LakeTableSpec spec) {
        this.spec = spec;
        this.isSoft = spec.deletes() == DeleteMode.SOFT;
        this.encoder = KeyEncoder.ofRow(spec.schema().columns().size());
        this.rows = new RowStore(spec);
    }

    RowStore rows() {
        return rows;
    }

    int size() {
        return contents.size();
    }

    long byteSize() {
        return rows.byteSize() + contents.byteSize() + 8L * rowOf.length;
    }

    boolean isInsidePair() {
        return beforeRow != RowStore.NONE;
    }

    void clear() {
        contents.clear();
        rows.clear();
        deletedCount = 0;
        beforeRow = RowStore.NONE;
    }

    void insert(ChangeBatch batch, int row) {
        count(rows.append(batch, row, RowStore.NONE), 1);
    }

    void before(ChangeBatch batch, int row) {
        requireFull(batch, row);
        beforeRow = rows.append(batch, row, RowStore.NONE);
        count(beforeRow, -1);
    }

    void update(ChangeBatch batch, int row) {
        if (beforeRow == RowStore.NONE) {
            throw refused(batch, row, "the row as it was before is missing");
        }
        count(rows.append(batch, row, beforeRow), 1);
        beforeRow = RowStore.NONE;
    }

    void delete(ChangeBatch batch, int row) {
        requireFull(batch, row);
        int old = rows.append(batch, row, RowStore.NONE);
        count(old, -1);
        if (isSoft) {
            if (deletedCount == deletedRows.length) {
                deletedRows = Arrays.copyOf(deletedRows, deletedCount * 2);
            }
            deletedRows[deletedCount++] = rows.appendDeleted(old, batch.commitMicros(row));
        }
    }

    /** Rows to write: those of which there are more, as often as that, and soft-deleted ones. */
    int[] rowsToWrite() {
        int[] written = Arrays.copyOf(deletedRows, deletedCount);
        int count = deletedCount;
        for (int content = 0; content < contents.size(); content++) {
            for (int i = 0; i < surplus[content]; i++) {
                if (count == written.length) {
                    written = Arrays.copyOf(written, Math.max(64, count * 2));
                }
                written[count++] = rowOf[content];
            }
        }
        return Arrays.copyOf(written, count);
    }

    /** How many rows have to be taken away. */
    long missing() {
        long missing = 0;
        for (int content = 0; content < contents.size(); content++) {
            missing += Math.max(0, -surplus[content]);
        }
        return missing;
    }

    /** Whether a row like this one has to be taken away; if so, it counts as taken. */
    boolean take(List<? extends ColumnVector> columns, int row) {
        KeyBuffer content = encoder.encode(columns, row);
        int number = contents.find(content.data(), 0, content.length());
        if (number < 0 || surplus[number] >= 0) {
            return false;
        }
        surplus[number]++;
        return true;
    }

    private void count(int row, int change) {
        if (rows.hasUnchanged(row)) {
            throw new TidemarkException(
                    ErrorCode.LAKE_ROW_MISSING,
                    "Cannot apply an event of " + spec.schema().table() + ": a value of its row is missing");
        }
        KeyArena keys = contents.keys();
        int known = keys.size();
        int content = contents.findOrAdd(encoder.encode(rows.columns(), row));
        if (content == rowOf.length) {
            rowOf = Arrays.copyOf(rowOf, content * 2);
            surplus = Arrays.copyOf(surplus, content * 2);
        }
        if (content == known) {
            rowOf[content] = row;
            surplus[content] = 0;
        }
        surplus[content] += change;
    }

    private void requireFull(ChangeBatch batch, int row) {
        if (batch.schema().beforeImage() != BeforeImage.FULL) {
            throw refused(batch, row, "the table has no key, and the event does not carry the full old row");
        }
    }

    private TidemarkException refused(ChangeBatch batch, int row, String reason) {
        return new TidemarkException(
                ErrorCode.SOURCE_PROTOCOL,
                "Cannot apply an event of " + spec.schema().table() + ": " + reason + " (operation="
                        + batch.operation(row) + ")");
    }
}
