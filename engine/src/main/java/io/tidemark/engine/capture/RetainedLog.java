package io.tidemark.engine.capture;

import io.tidemark.engine.config.RetainedLogPolicy;
import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.time.Instant;

/**
 * The log that the source keeps for the pipeline, as it was last looked at.
 *
 * @param bytes how much
 * @param isAbove whether that is more than it may be
 * @param isGivenUp whether the slot is dropped, or to be dropped, because of it; until the pipeline begins anew
 * @param at when
 */
public record RetainedLog(long bytes, boolean isAbove, boolean isGivenUp, Instant at) {
    private static final RetainedLog NONE = new RetainedLog(0, false, false, Instant.EPOCH);

    /** The last look of any process. */
    public static RetainedLog last(Pipeline pipeline) {
        return documents(pipeline).find(Keys.RETAINED_LOG).orElse(NONE);
    }

    /** Makes this the last look. */
    public void store(Pipeline pipeline) {
        documents(pipeline).put(Keys.RETAINED_LOG, this);
    }

    /** Whether loads are to take up nothing further. */
    public static boolean pausesLoads(Pipeline pipeline) {
        return pipeline.config().limits().onRetainedLog() == RetainedLogPolicy.PAUSE_SNAPSHOT
                && last(pipeline).isAbove();
    }

    /** What is to be said of too much of it. */
    public static TidemarkException alarm(Pipeline pipeline, long bytes) {
        String values = " (retained=" + mib(bytes) + ", limits.retained-wal="
                + mib(pipeline.config().limits().retainedBytesMax()) + ")";
        return switch (pipeline.config().limits().onRetainedLog()) {
            case ALERT ->
                new TidemarkException(
                        ErrorCode.SOURCE_WAL_LIMIT, "The source keeps more log for this pipeline than it may" + values);
            case PAUSE_SNAPSHOT ->
                new TidemarkException(
                        ErrorCode.SOURCE_WAL_LIMIT,
                        "The source keeps more log for this pipeline than it may, and loads wait until it is less"
                                + values);
            case DROP_SLOT ->
                new TidemarkException(
                        ErrorCode.SOURCE_WAL_LIMIT,
                        "The source keeps more log for this pipeline than it may, and its slot is dropped when capture stands still or it is"
                                + " twice as much" + values);
        };
    }

    /** What is to be said when the slot goes because of it. */
    public static TidemarkException givenUp(long bytes) {
        return new TidemarkException(
                ErrorCode.SOURCE_WAL_LIMIT,
                "The source kept more log for this pipeline than limits.retained-wal, and its slot is dropped (retained="
                        + mib(bytes) + ")",
                "All tables are brought up again by themselves, through a new slot, as soon as the lake can be written: see 'tidemark"
                        + " check'.",
                null);
    }

    private static String mib(long bytes) {
        return (bytes >> 20) + " MiB";
    }

    private static Documents<RetainedLog> documents(Pipeline pipeline) {
        return new Documents<>(pipeline.metastore(), RetainedLog.class);
    }
}
