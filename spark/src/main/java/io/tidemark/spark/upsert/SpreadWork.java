package io.tidemark.spark.upsert;

import io.tidemark.spi.lake.SpreadApply.Fold;

/**
 * What all tasks need until the commit begins.
 *
 * @param events events to apply
 * @param fold how they are folded
 */
record SpreadWork(EventSource events, Fold fold) implements KeyedEvents {
    @Override
    public EventKeys keys() {
        return fold::key;
    }
}
