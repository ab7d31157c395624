package io.tidemark.engine.capture;

import io.tidemark.engine.json.Json;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.PartitionPosition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far the partitions of a source were read: what the slices of a partitioned source have as their resume token. The slice that is sealed last holds
 * the positions of all partitions, so that an event that is in a slice is never read into another one. Used by one thread.
 */
final class PartitionPositions {
    private final Map<String, Stream> streams;

    /**
     * A stream that the pipeline follows.
     *
     * @param tables its tables when it was seen first
     * @param begun since when its events are captured; null when that was never said
     * @param positions positions as text, by partition
     */
    record Stream(List<TableId> tables, @Nullable Instant begun, Map<String, String> positions) {
        Stream {
            tables = List.copyOf(tables);
            positions = new TreeMap<>(positions);
        }
    }

    /** The document: streams by name. */
    private record Token(Map<String, Stream> streams) {}

    private PartitionPositions(Map<String, Stream> streams) {
        this.streams = new TreeMap<>(streams);
    }

    /** Those of a token; none for a new pipeline. */
    static PartitionPositions of(Optional<String> token) {
        return new PartitionPositions(
                token.map(text -> Json.read(text, Token.class, "resume token").streams())
                        .orElse(Map.of()));
    }

    String toToken() {
        return Json.write(new Token(streams));
    }

    List<String> streams() {
        return List.copyOf(streams.keySet());
    }

    boolean hasStream(String stream) {
        return streams.containsKey(stream);
    }

    List<TableId> tables(String stream) {
        Stream found = streams.get(stream);
        return found == null ? List.of() : found.tables();
    }

    void addStream(String stream, List<TableId> tables) {
        streams.put(stream, new Stream(tables, null, Map.of()));
    }

    /** Says since when events of a known stream are captured, unless that was said before. */
    void begin(String stream, Instant begun) {
        streams.computeIfPresent(
                stream,
                (name, found) -> found.begun() == null ? new Stream(found.tables(), begun, found.positions()) : found);
    }

    /** Since when all events of the table are captured; empty when it has no stream. */
    Optional<Instant> begun(TableId table) {
        return streams.values().stream()
                .filter(stream -> stream.tables().contains(table))
                .flatMap(stream -> Optional.ofNullable(stream.begun()).stream())
                .max(Instant::compareTo);
    }

    void removeStream(String stream) {
        streams.remove(stream);
    }

    /** Partitions of a stream that are known. */
    List<String> partitions(String stream) {
        Stream found = streams.get(stream);
        return found == null ? List.of() : new ArrayList<>(found.positions().keySet());
    }

    Optional<PartitionPosition> find(String stream, String partition) {
        Stream found = streams.get(stream);
        return found == null
                ? Optional.empty()
                : Optional.ofNullable(found.positions().get(partition)).map(PartitionPosition::parse);
    }

    boolean isEnded(String stream, String partition) {
        return find(stream, partition).filter(PartitionPosition::isEnded).isPresent();
    }

    /** Sets how far a partition of a known stream was read. */
    void put(String stream, String partition, PartitionPosition position) {
        Stream found = streams.get(stream);
        if (found == null) {
            throw new IllegalArgumentException("Cannot move a partition of an unknown stream (stream=" + stream
                    + ", partition=" + partition + ")");
        }
        found.positions().put(partition, position.toString());
    }

    void remove(String stream, String partition) {
        Stream found = streams.get(stream);
        if (found != null) {
            found.positions().remove(partition);
        }
    }
}
