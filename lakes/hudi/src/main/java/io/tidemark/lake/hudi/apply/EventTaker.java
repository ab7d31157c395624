package io.tidemark.lake.hudi.apply;

import io.tidemark.spi.change.ChangeBatch;

/** Takes the events of an apply, in their order. */
interface EventTaker {
    /** Takes one event that is no truncate. */
    void take(ChangeBatch batch, int row);

    /** Everything before is gone. */
    void truncate();

    /** Whether an UPDATE has to follow. */
    boolean isInsidePair();
}
