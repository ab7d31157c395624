package io.tidemark.engine.capture;

import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.PartitionPosition;
import io.tidemark.spi.source.StreamPartition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides which partitions are to be read, so that the events of a key come in order and none is left out:
 *
 * <ul>
 *   <li>Of a stream that is seen for the first time, closed partitions are behind, and open ones are read from now on: a load that begins later has
 *       everything from before. If the source says from when on events are wanted, closed ones are read too, and events from then on count.
 *   <li>Of a stream that is known, a further partition is read from its beginning, after all of its parents were read to their ends.
 *   <li>A partition that was read to its end is forgotten when the source forgets it, or when all of its children are known.
 *   <li>A partition that was not read to its end and that the source has no more is lost, with its stream's tables.
 * </ul>
 */
final class PartitionLineage {
    private PartitionLineage() {}

    /**
     * What to do.
     *
     * @param readable partitions that are to be read now, each from its position
     * @param lost tables of which events are gone, with the partition that held them
     */
    record Decision(List<StreamPartition> readable, Map<TableId, String> lost) {}

    /**
     * Holds the positions against what the source has, and extends them.
     *
     * @param listed all partitions that the source has now
     * @param positions changed to what holds from now on; to be stored before anything is loaded that rests on it
     * @param captured tables that are captured: what others lose is of no concern
     */
    static Decision decide(
            List<StreamPartition> listed, PartitionPositions positions, Set<TableId> captured, Instant now) {
        Map<String, List<StreamPartition>> byStream = new HashMap<>();
        listed.forEach(partition -> byStream.computeIfAbsent(partition.stream(), key -> new ArrayList<>())
                .add(partition));
        Map<TableId, String> lost = new HashMap<>();
        for (String stream : positions.streams()) {
            dropVanished(stream, byStream.getOrDefault(stream, List.of()), positions, captured, lost);
        }
        List<StreamPartition> readable = new ArrayList<>();
        byStream.forEach((stream, partitions) -> {
            if (positions.hasStream(stream)) {
                // A stream of which it was never said since when counts as begun now.
                positions.begin(stream, now);
                addNew(stream, partitions, positions);
            } else {
                begin(stream, partitions, positions, now);
            }
            forgetEnded(stream, partitions, positions);
            partitions.stream()
                    .filter(partition -> isReadable(partition, positions))
                    .forEach(readable::add);
        });
        return new Decision(readable, lost);
    }

    private static void begin(
            String stream, List<StreamPartition> partitions, PartitionPositions positions, Instant now) {
        positions.addStream(
                stream,
                partitions.stream()
                        .flatMap(partition -> partition.tables().stream())
                        .distinct()
                        .toList());
        Instant begin = now;
        for (StreamPartition partition : partitions) {
            Instant from = partition.wantedFrom().filter(now::isAfter).orElse(now);
            boolean isBehind = partition.closed() && from.equals(now);
            positions.put(stream, partition.id(), isBehind ? PartitionPosition.ENDED : PartitionPosition.since(from));
            begin = from;
        }
        positions.begin(stream, begin);
    }

    /** One that has a known child was read to its end and forgotten. */
    private static void addNew(String stream, List<StreamPartition> partitions, PartitionPositions positions) {
        Set<String> known = new HashSet<>(positions.partitions(stream));
        Set<String> before = new HashSet<>(known);
        boolean grows = true;
        while (grows) {
            grows = false;
            for (StreamPartition partition : partitions) {
                if (before.contains(partition.id())) {
                    grows |= before.addAll(partition.parents());
                }
            }
        }
        for (StreamPartition partition : partitions) {
            if (!known.contains(partition.id()) && !before.contains(partition.id())) {
                positions.put(stream, partition.id(), PartitionPosition.BEGINNING);
            }
        }
    }

    private static void forgetEnded(String stream, List<StreamPartition> partitions, PartitionPositions positions) {
        Map<String, Boolean> hasKnownChildren = new HashMap<>();
        for (StreamPartition partition : partitions) {
            boolean isKnown = positions.find(stream, partition.id()).isPresent();
            partition.parents().forEach(parent -> hasKnownChildren.merge(parent, isKnown, Boolean::logicalAnd));
        }
        for (String partition : positions.partitions(stream)) {
            if (positions.isEnded(stream, partition) && hasKnownChildren.getOrDefault(partition, false)) {
                positions.remove(stream, partition);
            }
        }
    }

    private static void dropVanished(
            String stream,
            List<StreamPartition> partitions,
            PartitionPositions positions,
            Set<TableId> captured,
            Map<TableId, String> lost) {
        Set<String> listed = new HashSet<>();
        partitions.forEach(partition -> listed.add(partition.id()));
        for (String partition : positions.partitions(stream)) {
            if (!listed.contains(partition)) {
                if (!positions.isEnded(stream, partition)) {
                    positions.tables(stream).stream()
                            .filter(captured::contains)
                            .forEach(table -> lost.put(table, partition));
                }
                positions.remove(stream, partition);
            }
        }
        if (partitions.isEmpty()) {
            positions.removeStream(stream);
        }
    }

    private static boolean isReadable(StreamPartition partition, PartitionPositions positions) {
        boolean isLeft = positions
                .find(partition.stream(), partition.id())
                .filter(position -> !position.isEnded())
                .isPresent();
        return isLeft
                && partition.parents().stream()
                        .allMatch(parent -> positions
                                .find(partition.stream(), parent)
                                .map(PartitionPosition::isEnded)
                                .orElse(true));
    }
}
