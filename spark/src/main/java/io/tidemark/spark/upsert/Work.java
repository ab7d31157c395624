package io.tidemark.spark.upsert;

import io.tidemark.lake.upsert.apply.ApplyLimits;
import io.tidemark.lake.upsert.table.TableFiles;
import io.tidemark.spi.lake.LakeProgress;

/**
 * What all tasks of an upsert need.
 *
 * @param files the version that the upsert is computed from
 * @param expected its progress
 * @param events events to apply
 * @param limits what a task keeps in memory
 */
record Work(TableFiles files, LakeProgress expected, EventSource events, ApplyLimits limits) implements KeyedEvents {
    @Override
    public EventKeys keys() {
        return EventKeys.encoded(files.spec().schema());
    }
}
