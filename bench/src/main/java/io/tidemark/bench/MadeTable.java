package io.tidemark.bench;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.util.List;

/** A mirror whose rows and changes are made here, without a database: number, another number, a short text. */
final class MadeTable {
    static final TableId ID = new TableId("public", "t");
    static final RowSchema SCHEMA = new RowSchema(
            ID,
            List.of(
                    new Column("id", ColumnType.INT64, false, "bigint", 1),
                    new Column("n", ColumnType.INT64, true, "bigint", 2),
                    new Column("note", ColumnType.STRING, true, "text", 3)),
            List.of("id"),
            BeforeImage.KEY);

    /** Of whoever holds the lease; there is nobody else. */
    static final long FENCE = 1;

    private static final int BATCH = 1_024;
    private static final long CHUNK = 5_000_000;

    private MadeTable() {}

    /** Makes the mirror with rows 0 to so many, at position 1. */
    static void load(Lake lake, long rows) {
        try (LakeTable making = lake.openLoad(new LakeTableSpec(SCHEMA, List.of(), DeleteMode.HARD))) {
            making.beginLoad("load", FENCE);
            for (int chunk = 0; chunk * CHUNK < rows; chunk++) {
                load(making, chunk, Math.min(rows, (chunk + 1) * CHUNK));
            }
            making.finishLoad(LakeProgress.NONE.withApplied(new Position(1), 0, 0));
        }
        lake.publish(ID, "load");
    }

    private static void load(LakeTable making, int chunk, long to) {
        try (LakeTable.ChunkWriter writer = making.openChunk(chunk)) {
            ChangeBatch batch = new ChangeBatch(SCHEMA, BATCH);
            for (long id = chunk * CHUNK; id < to; id++) {
                add(batch, Operation.INSERT, 1, id, id);
                if (batch.size() == BATCH || id == to - 1) {
                    writer.append(batch);
                    batch.clear();
                }
            }
            writer.commit();
        }
    }

    /** Adds a change of one row. */
    static void add(ChangeBatch batch, Operation operation, long position, long id, long n) {
        batch.beginRow(operation, position, batch.size(), position, position);
        ((LongVector) batch.column(0)).append(id);
        if (operation != Operation.DELETE) {
            ((LongVector) batch.column(1)).append(n);
            ((BytesVector) batch.column(2)).append("note " + id + " of slice " + n);
        }
        batch.padRow();
    }
}
