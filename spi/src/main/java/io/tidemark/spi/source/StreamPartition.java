package io.tidemark.spi.source;

import io.tidemark.spi.schema.TableId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A part of a change stream whose events are in order, and which has all events of its keys for as long as it is open.
 *
 * @param id name that no other partition of the source ever has
 * @param stream the stream that it is part of; streams are known or unknown to a pipeline as a whole
 * @param tables tables that its events are of
 * @param parents partitions whose keys it goes on with: their events come before its own
 * @param closed whether no more events will be added to it
 * @param from when its stream is seen for the first time, events that happened at this time or later are wanted, closed partitions included; null for
 *     those from then on
 */
public record StreamPartition(
        String id,
        String stream,
        List<TableId> tables,
        List<String> parents,
        boolean closed,
        @Nullable Instant from) {
    public StreamPartition {
        tables = List.copyOf(tables);
        parents = List.copyOf(parents);
    }

    public StreamPartition(String id, String stream, List<TableId> tables, List<String> parents, boolean closed) {
        this(id, stream, tables, parents, closed, null);
    }

    /** Since when events of a stream that is seen for the first time are wanted; empty for from then on. */
    public Optional<Instant> wantedFrom() {
        return Optional.ofNullable(from);
    }
}
