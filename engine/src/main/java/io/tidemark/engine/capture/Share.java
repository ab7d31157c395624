package io.tidemark.engine.capture;

import io.tidemark.spi.source.PartitionPosition;
import io.tidemark.spi.source.StreamPartition;
import java.time.Instant;
import java.util.List;

/**
 * What a helper of capture is to read: written by the capture that seals, read by the helper.
 *
 * @param fence of the helper's lease: a later process in its place has another share
 * @param life grows when the helper is to forget what it read and has not handed over
 * @param version grows with every other set of partitions
 * @param taken number of the newest part that is sealed, or that was refused
 * @param partitions what to read
 */
record Share(long fence, long life, long version, long taken, List<Assigned> partitions) {
    Share {
        partitions = List.copyOf(partitions);
    }

    /**
     * A partition to read.
     *
     * @param position where to begin, as {@link PartitionPosition} writes it
     * @param knownUntil all of its events from before then were read already
     */
    record Assigned(StreamPartition partition, String position, Instant knownUntil) {
        String id() {
            return partition.id();
        }

        PartitionPosition from() {
            return PartitionPosition.parse(position);
        }
    }

    static Share none(long fence, long life, long taken) {
        return new Share(fence, life, 1, taken, List.of());
    }

    Share withTaken(long part) {
        return new Share(fence, life, version, part, partitions);
    }
}
