package io.tidemark.lake.upsert.apply;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTableSpec;

/** What upserts of tables with and without a key have in common: which events count, when a round ends, and the one commit. */
abstract class MirrorApply implements LakeApply {
    private final PendingChanges changes;
    private final LakeProgress expected;
    private final long fence;
    private boolean isEnded;

    MirrorApply(PendingChanges changes, LakeProgress expected, long fence) {
        this.changes = changes;
        this.expected = expected;
        this.fence = fence;
    }

    final PendingChanges changes() {
        return changes;
    }

    /** Takes one event; truncates come to {@link #truncate}. */
    abstract void take(ChangeBatch batch, int row);

    /** Everything before is gone. */
    abstract void truncate();

    /** Whether the round is full and may end here. */
    abstract boolean isFull();

    /** Writes what the round came to. */
    abstract void endRound();

    /** Takes note of the commit, which succeeded. */
    abstract void committed(PendingChanges.Outcome outcome);

    /** Frees what is held besides the files written. */
    abstract void release();

    @Override
    public final void add(ChangeBatch batch) {
        long applied = expected.applied().value();
        long[] positions = batch.positions();
        add(batch, row -> Long.compareUnsigned(positions[row], applied) > 0);
    }

    @Override
    public final void repair(ChangeBatch rows) {
        add(rows, row -> true);
    }

    @Override
    public final ApplyResult commit(LakeProgress progress) {
        requireOpen();
        endRound();
        isEnded = true;
        LakeProgress next = expected.withApplied(progress.applied(), progress.slice(), progress.newestCommitMicros())
                .withFence(fence);
        try {
            PendingChanges.Outcome outcome = changes.commit(next);
            committed(outcome);
            return new ApplyResult(
                    outcome.committed().progress(),
                    outcome.written(),
                    outcome.committed().deletedRows());
        } finally {
            changes.discard();
            release();
        }
    }

    @Override
    public final void close() {
        if (!isEnded) {
            isEnded = true;
            changes.discard();
            release();
        }
    }

    private void add(ChangeBatch batch, java.util.function.IntPredicate counts) {
        requireOpen();
        LakeTableSpec spec = changes.spec();
        if (!batch.schema().hasSameRowsAs(spec.schema())) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot apply events to " + spec.schema().table() + ": their columns or key are not the mirror's");
        }
        for (int row = 0; row < batch.size(); row++) {
            if (!counts.test(row)) {
                continue;
            }
            if (batch.operationCodes()[row] == io.tidemark.spi.change.Operation.TRUNCATE.code()) {
                truncate();
                changes.clear();
            } else {
                take(batch, row);
                if (isFull()) {
                    endRound();
                }
            }
        }
    }

    private void requireOpen() {
        if (isEnded) {
            throw new IllegalStateException("Cannot add to an apply that has ended");
        }
    }
}
