package io.tidemark.engine.mirror;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.schema.RowSchema;
import java.util.ArrayList;
import java.util.List;

/** Rows of a version of a table as rows of its mirror. */
public final class MirrorRows {
    private final MirrorShape shape;
    private final RowSchema source;
    private final RowSchema mirror;

    public MirrorRows(MirrorShape shape, RowSchema source) {
        this.shape = shape;
        this.source = source;
        this.mirror = shape.schema(source);
    }

    /** The same rows for the mirror; they share the batch's memory. */
    public ChangeBatch of(ChangeBatch batch) {
        if (mirror.equals(source)) {
            return batch;
        }
        List<ColumnVector> vectors = new ArrayList<>(batch.columns());
        for (AddedColumn column : shape.added()) {
            vectors.add(
                    column.content() == AddedColumn.Content.COLUMN
                            ? batch.column(source.indexOf(column.value()))
                            : column.values(batch));
        }
        return batch.as(mirror, vectors);
    }
}
