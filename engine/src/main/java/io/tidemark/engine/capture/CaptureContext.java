package io.tidemark.engine.capture;

import io.tidemark.engine.config.SliceTime;
import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceLog;
import io.tidemark.spi.source.PartitionedSource;
import io.tidemark.spi.storage.ObjectStore;
import java.time.Clock;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the captures of a partitioned source work with.
 *
 * @param folder where helpers leave their parts in the storage, with a slash at the end
 * @param interval how long a slice, and a part, collects
 * @param by what a slice, and a part, collects for that long by
 * @param bytesMax how many bytes a slice collects at most
 * @param isHeld whether some process holds the lease of this name
 * @param undecodable takes rows that cannot be decoded
 * @param lose takes tables of which the source has lost events, and why
 */
record CaptureContext(
        PartitionedSource source,
        SliceLog log,
        ObjectStore storage,
        String folder,
        MetadataStore metastore,
        Clock clock,
        Duration interval,
        SliceTime by,
        long bytesMax,
        Predicate<String> isHeld,
        SliceSink.UndecodableHandler undecodable,
        BiConsumer<TableId, String> lose) {
    /** @param lease under which the process captures: without it, what it misses may have been read by another one */
    static CaptureContext of(Pipeline pipeline, PartitionedSource source, Lease lease) {
        return new CaptureContext(
                source,
                pipeline.sliceLog(),
                pipeline.storage(),
                "capture-parts/" + pipeline.config().pipeline() + "/",
                pipeline.metastore(),
                pipeline.clock(),
                pipeline.config().slices().interval(),
                pipeline.config().slices().by(),
                pipeline.config().slices().bytesMax(),
                pipeline.leases()::isHeldBySomebody,
                new SetAside(pipeline)::take,
                (table, reason) -> {
                    lease.requireHeld("go on capturing");
                    fail(pipeline, table, reason);
                });
    }

    /**
     * How slices are cut by the times of events, if they are.
     *
     * @param graces how often the grace is waited for what is not complete
     */
    @Nullable
    EventTimeCut cut(int graces) {
        return by == SliceTime.EVENT_TIME
                ? new EventTimeCut(
                        clock,
                        interval,
                        interval.plus(EventTimeCut.grace(interval).multipliedBy(graces)))
                : null;
    }

    private static void fail(Pipeline pipeline, TableId table, String reason) {
        pipeline.registry()
                .fail(
                        table,
                        new TidemarkException(
                                ErrorCode.SOURCE_SLOT_LOST,
                                "Cannot go on with table " + table + ": " + reason,
                                "Changes are missing: run 'tidemark resync " + table + "'.",
                                null));
    }
}
