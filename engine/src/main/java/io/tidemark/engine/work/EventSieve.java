package io.tidemark.engine.work;

import io.tidemark.engine.config.BadValues;
import io.tidemark.engine.mirror.MirrorRows;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.source.UndecodableRow;
import org.jspecify.annotations.Nullable;

/**
 * Takes events out on their way into the mirror: rows that its added columns cannot be told by, which become dead letters where the configuration
 * says so, and updates that need a row that was set aside. Sees the batches of one table in order.
 */
final class EventSieve {
    private final Pipeline pipeline;
    private final ParkedKeys parked;
    private final @Nullable MirrorRows misfitting;
    private @Nullable ChangeBatch held;

    EventSieve(Pipeline pipeline, TableRecord record, ParkedKeys parked) {
        this.pipeline = pipeline;
        this.parked = parked;
        MirrorRows rows = record.mirrorRows();
        boolean setsAside = pipeline.config().badValues(record.id()) == BadValues.DEAD_LETTER;
        this.misfitting = setsAside && rows.mayMisfit() ? rows : null;
    }

    /** The batch, without the events that are taken out. */
    ChangeBatch without(ChangeBatch batch) {
        if (misfitting == null) {
            return parked.isEmpty() ? batch : parked.without(joined(batch));
        }
        return parked.without(misfitting.fitting(joined(batch), this::setAside));
    }

    private void setAside(UndecodableRow row) {
        pipeline.deadLetters().record(row);
        parked.add(row.keys());
    }

    /** The old row of an update may be the last one of a batch. */
    private ChangeBatch joined(ChangeBatch batch) {
        int size = batch.size();
        boolean isSplit = size > 0 && batch.operation(size - 1) == Operation.BEFORE;
        if (held == null && !isSplit) {
            return batch;
        }
        ChangeBatch joined = new ChangeBatch(batch.schema(), size + 1);
        if (held != null) {
            joined.appendFrom(held, 0);
            held = null;
        }
        for (int row = 0; row < (isSplit ? size - 1 : size); row++) {
            joined.appendFrom(batch, row);
        }
        if (isSplit) {
            held = new ChangeBatch(batch.schema(), 1);
            held.appendFrom(batch, size - 1);
        }
        return joined;
    }
}
