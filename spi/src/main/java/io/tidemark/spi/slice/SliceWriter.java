package io.tidemark.spi.slice;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import java.time.Instant;

/** The open slice. One thread. */
public interface SliceWriter extends AutoCloseable {
    /** Sequence that the slice will have. */
    long sequence();

    /** Appends events of any table in commit order; the batch is the caller's again afterwards. Not durable before {@link #seal}. */
    void append(ChangeBatch batch);

    /** Rows appended. */
    long rows();

    /** Bytes written and buffered, about what the slice will take. */
    long bytes();

    /**
     * Makes all files durable, then the manifest, then records the slice with one compare-and-set. Only after this returns may the source be
     * acknowledged.
     *
     * @param through position of the last transaction in the slice
     * @param resumeToken where the source goes on after it
     * @param end time of sealing; the slice's name says {@code start-to-end}
     * @param fence fencing token of the capture lease
     * @throws io.tidemark.spi.error.TidemarkException {@code SLICE_CONFLICT} when another capture sealed this sequence
     */
    SliceManifest seal(Position through, String resumeToken, Instant end, long fence);

    /** Discards a slice that was not sealed. */
    @Override
    void close();
}
