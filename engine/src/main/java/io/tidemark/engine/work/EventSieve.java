package io.tidemark.engine.work;

import io.tidemark.engine.config.BadValues;
import io.tidemark.engine.mirror.MirrorRows;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.LoadPlan;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.UndecodableRow;
import org.jspecify.annotations.Nullable;

/**
 * Takes events out on their way into the mirror: rows that its added columns cannot be told by, which become dead letters where the configuration
 * says so, and updates that need a row that was set aside. Refuses rows that moved between the cuts of their load. Sees the batches of one table
 * in order.
 */
final class EventSieve {
    private final Pipeline pipeline;
    private final ParkedKeys parked;
    private final @Nullable MirrorRows misfitting;

    /** Events from before this may be older than the rows that they meet; zero when none are. */
    private final Position settledAt;

    private @Nullable ChangeBatch held;

    /** @param applied events come from after this */
    EventSieve(Pipeline pipeline, TableRecord record, ParkedKeys parked, Position applied) {
        this.pipeline = pipeline;
        this.parked = parked;
        MirrorRows rows = record.mirrorRows();
        boolean setsAside = pipeline.config().badValues(record.id()) == BadValues.DEAD_LETTER;
        this.misfitting = setsAside && rows.mayMisfit() ? rows : null;
        LoadPlan load = record.load();
        this.settledAt = load != null && load.isUnsettledAfter(applied) ? load.lastCutoff() : Position.ZERO;
    }

    /**
     * The batch, without the events that are taken out.
     *
     * @throws TidemarkException {@code LAKE_ROW_MISSING} when the values of a row may be those of another one
     */
    ChangeBatch without(ChangeBatch batch) {
        if (misfitting == null && parked.isEmpty() && settledAt.equals(Position.ZERO)) {
            return batch;
        }
        ChangeBatch whole = joined(batch);
        requireNoneMoved(whole);
        return parked.without(misfitting == null ? whole : misfitting.fitting(whole, this::setAside));
    }

    /**
     * A row that moves to another key keeps the values that its update does not send, which are at the old key. There may be a later row by then, when
     * the old key was read at a later cut: its values would be taken.
     */
    private void requireNoneMoved(ChangeBatch batch) {
        for (int row = 0; row + 1 < batch.size(); row++) {
            int update = row + 1;
            if (batch.operation(row) == Operation.BEFORE
                    && Long.compareUnsigned(batch.position(row), settledAt.value()) < 0
                    && batch.columns().stream().anyMatch(column -> column.isUnchanged(update))) {
                throw new TidemarkException(
                        ErrorCode.LAKE_ROW_MISSING,
                        "Cannot apply an update of " + batch.schema().table()
                                + ": its row moved to another key between the cuts of the load (position="
                                + new Position(batch.position(row)) + ")");
            }
        }
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
