package io.tidemark.spi.source;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.RowSchema;
import java.time.Instant;

/** Receives the events of partitions. Calls come from the polling thread. */
public interface PartitionSink {
    /**
     * Whether the next event of a partition may be handed on now. If not, the stream keeps it and all behind it, reads the partition no further, and
     * asks again at a later poll. To be called before {@link #batch}.
     *
     * @param commitMicros when it happened, microseconds since 1970-01-01T00:00:00Z
     * @param arrived when the stream read it
     */
    boolean takes(String partition, long commitMicros, Instant arrived);

    /**
     * The batch to append the next event of this schema to, at {@link #position}, which is then told by {@link #event}. Ask again for every event. A
     * schema that is not the same object as before for its table is a new version of it, which has all columns of the one before.
     */
    ChangeBatch batch(RowSchema schema);

    /** Position of the next event in the pipeline's slice log: what its row is to carry. */
    long position();

    /**
     * An event was appended, or was found to be of no interest.
     *
     * @param partition id of its partition
     * @param event its own name in the partition; reading goes on after it
     * @param commitMicros when it happened, microseconds since 1970-01-01T00:00:00Z
     */
    void event(String partition, String event, long commitMicros);

    /** The last row asked for could not be decoded; it was taken out of the batch. To be called before {@link #event}. */
    void undecodable(UndecodableRow row);

    /**
     * All events of the partition that happened before this time were handed on. Told of a partition that is still open only: its keys may have events
     * in its children otherwise.
     */
    void caughtUp(String partition, Instant at);

    /** The partition is closed, and all of its events were handed on. */
    void ended(String partition);

    /** The partition cannot be read now; it is tried again, and the others go on. */
    void failed(String partition, TidemarkException reason);

    /** Events after the partition's position are gone from the source before they were read. It is read no more. */
    void lost(String partition, TidemarkException reason);
}
