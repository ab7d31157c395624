package io.tidemark.engine.capture;

import java.time.Instant;
import java.util.List;

/**
 * What capture says of the partitions that it reads, about once a second.
 *
 * @param partitions those that are read now, ordered by name
 * @param at when this was written
 */
public record PartitionReport(List<Partition> partitions, Instant at) {
    public PartitionReport {
        partitions = List.copyOf(partitions);
    }

    /**
     * A partition.
     *
     * @param stream its stream
     * @param id its name
     * @param caughtUpAt all of its events from before were captured
     * @param failure why it cannot be read now; empty when it can
     */
    public record Partition(String stream, String id, Instant caughtUpAt, String failure) {}
}
