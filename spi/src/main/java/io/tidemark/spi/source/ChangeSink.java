package io.tidemark.spi.source;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.RowSchema;

/** Receives a change stream. Calls come from the polling thread. */
public interface ChangeSink {
    /**
     * The batch to append the next row of this schema to. Ask again for every row: a full batch is handed on and replaced between rows. A
     * schema that is not the same object as before for its table is a new version of it.
     */
    ChangeBatch batch(RowSchema schema);

    /**
     * A transaction ended; all its rows have been appended with this position and commit time.
     *
     * @param commitMicros commit time, microseconds since 1970-01-01T00:00:00Z
     * @param resumeToken where to go on after this transaction
     */
    void commit(Position position, long commitMicros, String resumeToken);

    /** A marker of {@link Source#mark} inside the current transaction. */
    void marker(String content);

    /**
     * A row could not be decoded; it was taken out of the batch and the stream goes on.
     */
    void undecodable(UndecodableRow row);
}
