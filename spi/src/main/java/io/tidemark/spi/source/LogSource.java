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
     * @throws io.tidemark.spi.error.TidemarkException as {@link #checkChangesAfter} does
     */
    ChangeStream openStream(Optional<String> resumeToken, List<SourceTable> schemas);

    /**
     * Checks that a stream can be opened after the token without missing a change.
     *
     * @throws io.tidemark.spi.error.TidemarkException {@code SOURCE_SLOT_LOST} when the source no longer has all of them, {@code SOURCE_BEHIND}
     *     when its log has not come that far
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

    /** Which database the address leads to now. Asks whatever answers there, even when another one was {@linkplain #require required}. */
    SourceIdentity identity();

    /**
     * From now on everything but {@link #identity} and {@link #follow} fails with {@code SOURCE_REPLACED} when another database answers at the
     * address; {@link #openStream} and {@link #openCut} fail with {@code SOURCE_PROMOTED} when it is on another timeline.
     *
     * @param known the database that the pipeline has the positions of; empty to take any
     */
    void require(Optional<SourceIdentity> known);

    /**
     * Finds out whether capture can go on on the timeline that the database is on now.
     *
     * @param known the database as it was captured so far
     * @param sealed position of the newest transaction that is in a sealed slice
     * @param resumeToken where capture would go on
     * @return where it goes on: not after the place at which the timelines part
     * @throws io.tidemark.spi.error.TidemarkException {@code SOURCE_BEHIND} when slices hold transactions that the present timeline never had
     */
    Optional<String> follow(SourceIdentity known, Position sealed, Optional<String> resumeToken);

    /**
     * Has capture begin anew, behind what slices hold already: what the source keeps for the pipeline from before is given up.
     *
     * @param sealed position of the newest transaction that is in a sealed slice
     * @throws io.tidemark.spi.error.TidemarkException {@code SOURCE_BEHIND} when the source has not come that far
     */
    void beginAfter(Position sealed);

    /** Lets the source remove the log that it keeps for the pipeline, ending an open stream. What it publishes stays. */
    void giveUpLog();
}
