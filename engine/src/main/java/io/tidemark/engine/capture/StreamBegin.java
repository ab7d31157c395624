package io.tidemark.engine.capture;

import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.PartitionPosition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Since when events of a stream are in the slice log. It is kept with the positions of the stream's partitions, as the position of a stream that no
 * source has, so that it is stored when they are.
 */
final class StreamBegin {
    private static final String PREFIX = "begin of ";

    private StreamBegin() {}

    /** The streams of the source. */
    static List<String> streams(PartitionPositions positions) {
        return positions.streams().stream()
                .filter(stream -> !stream.startsWith(PREFIX))
                .toList();
    }

    /** Says since when events of a known stream are captured. */
    static void mark(PartitionPositions positions, String stream, Instant begin) {
        positions.addStream(PREFIX + stream, positions.tables(stream));
        positions.put(PREFIX + stream, PREFIX, PartitionPosition.since(begin));
    }

    /** A stream of which it was never said counts as begun now. */
    static void markUnmarked(PartitionPositions positions, String stream, Instant now) {
        if (!positions.hasStream(PREFIX + stream)) {
            mark(positions, stream, now);
        }
    }

    static void forget(PartitionPositions positions, String stream) {
        positions.removeStream(PREFIX + stream);
    }

    /** Since when all events of the table are captured; empty when it has no stream. */
    static Optional<Instant> find(PartitionPositions positions, TableId table) {
        return positions.streams().stream()
                .filter(stream -> stream.startsWith(PREFIX))
                .filter(stream -> positions.tables(stream).contains(table))
                .flatMap(stream -> positions.find(stream, PREFIX).stream())
                .map(position -> Instant.parse(position.value()))
                .max(Instant::compareTo);
    }
}
