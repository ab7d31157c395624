package io.tidemark.spi.source;

import io.tidemark.spi.change.Position;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A transactional database whose changes have one order, that of its commits.
 *
 * <p>Order of calls for a pipeline: {@link #prepare} (idempotent), then {@link #openStream} by one capture role, while {@link #openCut} serves
 * loads and comparisons at any time. {@link #remove} ends the pipeline.
 */
public interface LogSource extends Source {
    /**
     * Opens the stream of all transactions after the token. Only one stream of a pipeline can be open at a time.
     *
     * <p>Of a table with a scope only that comes. An update that takes a row out of the scope arrives as a DELETE of its key (as a DELETE of the
     * full old row, when the source sends that), one that brings it in as an INSERT when the source tells that the old row was out, else as an
     * UPDATE like any other, which may leave values unchanged that the mirror lacks. A DELETE may be of a row that never was in the scope,
     * unless the table has no key.
     *
     * @param schemas the tables as registered: key columns come from here, since the stream does not always tell them
     */
    ChangeStream openStream(Optional<String> resumeToken, List<SourceTable> schemas);

    /**
     * Checks that a stream can be opened after the token without missing a change.
     *
     * @throws io.tidemark.spi.error.TidemarkException {@code SOURCE_SLOT_LOST} when the source no longer has all of them
     */
    void checkChangesAfter(String resumeToken);

    /**
     * Takes a consistent cut: a position and a snapshot that agree exactly, held until closed.
     *
     * @param readers how many chunks can be read at the same time, at least 1
     * @param timeout how long to wait for running transactions to end
     * @throws io.tidemark.spi.error.TidemarkException {@code SOURCE_SLOT_BLOCKED} naming what was waited for
     */
    SnapshotCut openCut(int readers, Duration timeout);

    /**
     * Puts a marker into the change stream as a transaction of its own; it reaches {@link ChangeSink#marker}.
     *
     * @return a position at or after the marker's commit
     */
    Position mark(String content);

    /** What the source keeps for this pipeline. */
    SourceStatus status();
}
