package io.tidemark.spi.source;

import io.tidemark.spi.change.Position;
import java.time.Instant;
import java.util.List;

/**
 * A source whose changes are in order inside partitions of its streams only. The key of an event picks its partition, so that events of one key are in
 * order. A pipeline gives events their places in its slice log as they arrive; a table's columns are what was seen so far, and only grow.
 *
 * <p>Every event that is not a delete carries the whole row, so that replaying an older event over a newer row converges.
 *
 * <p>Order of calls for a pipeline: {@link #prepare} (idempotent), {@link #openPartitions} and {@link #partitions} by capture, and {@link #openView} at
 * any time after the positions to begin at have been stored.
 */
public interface PartitionedSource extends Source {
    /** The partitions that the source has now of the streams of these tables, closed ones that it still keeps included. */
    List<StreamPartition> partitions(List<SourceTable> tables);

    /**
     * Opens a stream that reads no partition yet.
     *
     * @param tables the tables as registered: their columns are known, further ones are added as they are met
     */
    PartitionedStream openPartitions(List<SourceTable> tables);

    /**
     * Gets ready what a load of the table is to read, which may take long, and is asked for again until it is there. Idempotent; a load that was planned
     * already is not asked for.
     *
     * @param load name of the load that is to begin: after a restart it is the same
     * @param earliest a table {@link SnapshotCut#asOf as of} an earlier time is of no use: the log lacks changes since then
     * @return whether a view that is opened now can read the table
     * @throws io.tidemark.spi.error.TidemarkException when it never will without somebody's doing
     */
    default boolean isReadable(SourceTable table, String load, Instant earliest) {
        return true;
    }

    /**
     * Opens a view of the tables that is at no one position: each row is read as it is at some time while the view is open.
     *
     * @param cutoff what {@link SnapshotCut#cutoff} is to say and rows are to carry: events with {@code position < cutoff} happened before now
     * @param readers how many chunks can be read at the same time, at least 1
     */
    SnapshotCut openView(Position cutoff, int readers);
}
