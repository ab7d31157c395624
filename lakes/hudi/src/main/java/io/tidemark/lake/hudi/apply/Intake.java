package io.tidemark.lake.hudi.apply;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTableSpec;
import java.util.function.IntPredicate;

/** Which events of an apply count, and whether they leave anything of what the table held. Not thread-safe. */
final class Intake {
    private final LakeTableSpec spec;
    private final LakeProgress expected;
    private final EventTaker taker;
    private boolean isCleared;

    /** @param expected progress of the table: events up to it have been applied */
    Intake(LakeTableSpec spec, LakeProgress expected, EventTaker taker) {
        this.spec = spec;
        this.expected = expected;
        this.taker = taker;
    }

    /** Hands on the events that were not applied yet. */
    void add(ChangeBatch batch) {
        long applied = expected.applied().value();
        long[] positions = batch.positions();
        add(batch, row -> Long.compareUnsigned(positions[row], applied) > 0);
    }

    /** Hands all rows on. */
    void repair(ChangeBatch rows) {
        add(rows, row -> true);
    }

    /** Whether everything is gone that the table held. */
    boolean isCleared() {
        return isCleared;
    }

    /** Refuses to end where an UPDATE has to follow. */
    void requireWhole() {
        if (taker.isInsidePair()) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_PROTOCOL,
                    "Cannot apply events of " + spec.schema().table() + ": a BEFORE event has no UPDATE after it");
        }
    }

    private void add(ChangeBatch batch, IntPredicate counts) {
        if (!batch.schema().hasSameRowsAs(spec.schema())) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot apply events to " + spec.schema().table() + ": their columns or key are not the mirror's");
        }
        for (int row = 0; row < batch.size(); row++) {
            if (!counts.test(row)) {
                continue;
            }
            if (batch.operationCodes()[row] == Operation.TRUNCATE.code()) {
                taker.truncate();
                isCleared = true;
            } else {
                taker.take(batch, row);
            }
        }
    }
}
