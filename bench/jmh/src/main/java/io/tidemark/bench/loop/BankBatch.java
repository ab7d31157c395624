package io.tidemark.bench.loop;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.util.List;

/** Batches of the bank table. */
public final class BankBatch {
    public static final RowSchema SCHEMA = new RowSchema(
            new TableId("public", "bank"),
            List.of(
                    new Column("id", ColumnType.INT64, false, "bigint", 1),
                    new Column("account", ColumnType.INT32, false, "integer", 2),
                    new Column("created_at", ColumnType.TIMESTAMP_TZ, false, "timestamptz", 3),
                    new Column("amount", ColumnType.decimal(12, 2), false, "numeric(12,2)", 4),
                    new Column("is_credit", ColumnType.BOOLEAN, false, "boolean", 5),
                    new Column("entity", ColumnType.STRING, false, "text", 6)),
            List.of("id"),
            BeforeImage.KEY);

    private BankBatch() {}

    /**
     * Inserts of rows.
     *
     * @param step from one row's number to the next; keys come in no order with a large one
     */
    public static ChangeBatch of(int rows, long first, long step, long numbers) {
        ChangeBatch batch = new ChangeBatch(SCHEMA, rows);
        for (int i = 0; i < rows; i++) {
            long id = (first + i * step) % numbers;
            batch.beginRow(Operation.INSERT, first + 1, i, first + 1, 1_767_225_600_000_000L + id);
            ((LongVector) batch.column(0)).append(id);
            ((IntVector) batch.column(1)).append((int) (id * 7919 % 1_000_003));
            ((LongVector) batch.column(2)).append(1_767_225_600_000_000L + id * 259_000);
            ((LongVector) batch.column(3)).append(id * 104_729 % 100_000_000);
            ((BooleanVector) batch.column(4)).append(id % 3 == 0);
            ((BytesVector) batch.column(5)).append("entity " + id * 31 % 10_000);
        }
        return batch;
    }
}
