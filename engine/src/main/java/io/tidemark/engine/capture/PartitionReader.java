package io.tidemark.engine.capture;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.PartitionPosition;
import io.tidemark.spi.source.PartitionSink;
import io.tidemark.spi.source.PartitionedStream;
import io.tidemark.spi.source.StreamPartition;
import io.tidemark.spi.source.UndecodableRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads some partitions: their events go to a sink as they arrive, one position each, and how far each was read to the positions. Used by one thread. */
final class PartitionReader implements PartitionSink {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionReader.class);

    private final PartitionedStream stream;
    private final SliceSink sink;
    private final PartitionPositions positions;
    private final BiConsumer<TableId, String> lose;
    private final Map<String, Reading> readings = new TreeMap<>();
    private long position;
    private boolean hasRow;
    private boolean lineageChanged;

    /**
     * @param sink receives the events
     * @param positions moved with every event; has the streams of all partitions that are added
     * @param first position of the first event
     * @param lose told of tables of which the source has lost events, and why
     */
    PartitionReader(
            PartitionedStream stream,
            SliceSink sink,
            PartitionPositions positions,
            long first,
            BiConsumer<TableId, String> lose) {
        this.stream = stream;
        this.sink = sink;
        this.positions = positions;
        this.position = first;
        this.lose = lose;
    }

    /**
     * Reads a partition from its position on, unless it is read.
     *
     * @param knownUntil all of its events from before then were read already
     */
    void add(StreamPartition partition, Instant knownUntil) {
        if (!readings.containsKey(partition.id())) {
            PartitionPosition from =
                    positions.find(partition.stream(), partition.id()).orElse(PartitionPosition.BEGINNING);
            stream.add(partition, from);
            readings.put(partition.id(), new Reading(partition, knownUntil));
            LOG.info("partition is read partition={} from={}", partition.id(), from);
        }
    }

    /** Reads no others any more; returns until when the events of each of them were read. */
    Map<String, Instant> keep(Set<String> wanted) {
        Map<String, Instant> left = new TreeMap<>();
        readings.values().removeIf(reading -> {
            String id = reading.partition.id();
            if (wanted.contains(id)) {
                return false;
            }
            stream.remove(id);
            left.put(id, reading.caughtUpAt);
            return true;
        });
        return left;
    }

    /** Hands on what arrives within this time. */
    void poll(Duration wait) {
        stream.poll(this, wait);
    }

    /** Ids of the partitions that are read. */
    Set<String> partitions() {
        return Set.copyOf(readings.keySet());
    }

    /** Until when the events of all partitions are known; empty when none is read. */
    Optional<Instant> caughtUpAt() {
        return readings.values().stream().map(reading -> reading.caughtUpAt).min(Instant::compareTo);
    }

    /** Up to which time the events of all partitions are known; empty when none is read. */
    Optional<Instant> passed(EventTimeCut cut) {
        return readings.values().stream()
                .map(reading -> cut.passed(reading.partition.id(), reading.caughtUpAt))
                .min(Instant::compareTo);
    }

    /** Partitions that cannot be read, and those that are far behind. */
    Collection<LaggingPartition> lagging(Instant since) {
        List<LaggingPartition> lagging = new ArrayList<>();
        for (Reading reading : readings.values()) {
            if (!reading.failure.isEmpty() || reading.caughtUpAt.isBefore(since)) {
                lagging.add(new LaggingPartition(
                        reading.partition.id(), reading.partition.tables(), reading.caughtUpAt, reading.failure));
            }
        }
        return lagging;
    }

    /** Whether a partition ended since this was asked last, so that others can be read. */
    boolean takeLineageChange() {
        boolean changed = lineageChanged;
        lineageChanged = false;
        return changed;
    }

    /** Makes room for events that were read elsewhere: returns the position of the first of them. */
    long reserve(long count) {
        long first = position;
        position += count;
        return first;
    }

    /** Begins to count positions anew. */
    void restart(long first) {
        position = first;
    }

    @Override
    public boolean takes(String partition, long commitMicros, Instant arrived) {
        return sink.takes(partition, commitMicros, arrived);
    }

    @Override
    public ChangeBatch batch(RowSchema schema) {
        hasRow = true;
        return sink.batch(schema);
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void undecodable(UndecodableRow row) {
        hasRow = false;
        sink.undecodable(row);
    }

    @Override
    public void event(String partition, String event, long commitMicros) {
        Reading reading = readings.get(partition);
        if (reading == null) {
            throw new IllegalArgumentException(
                    "Cannot take an event of a partition that is not read (partition=" + partition + ")");
        }
        positions.put(reading.partition.stream(), partition, PartitionPosition.after(event));
        reading.failure = "";
        if (hasRow) {
            sink.commit(new Position(position), commitMicros, "");
            position++;
            hasRow = false;
        }
    }

    @Override
    public void caughtUp(String partition, Instant at) {
        Reading reading = readings.get(partition);
        if (reading != null) {
            reading.caughtUpAt = at;
            reading.failure = "";
        }
    }

    @Override
    public void ended(String partition) {
        Reading reading = readings.get(partition);
        if (reading != null) {
            positions.put(reading.partition.stream(), partition, PartitionPosition.ENDED);
            LOG.info("partition was read to its end partition={}", partition);
            lineageChanged = true;
        }
    }

    @Override
    public void failed(String partition, TidemarkException reason) {
        Reading reading = readings.get(partition);
        if (reading != null && !reading.failure.equals(reason.reason())) {
            reading.failure = reason.reason();
            LOG.warn(
                    "partition cannot be read and is tried again partition={} code={} reason={} remedy={}",
                    partition,
                    reason.code(),
                    reason.reason(),
                    reason.remedy());
        }
    }

    @Override
    public void lost(String partition, TidemarkException reason) {
        Reading reading = readings.get(partition);
        if (reading != null) {
            positions.put(reading.partition.stream(), partition, PartitionPosition.ENDED);
            reading.partition.tables().forEach(table -> lose.accept(table, reason.reason()));
            lineageChanged = true;
        }
    }

    /** A partition that is read. */
    private static final class Reading {
        private final StreamPartition partition;
        private Instant caughtUpAt;
        private String failure = "";

        Reading(StreamPartition partition, Instant caughtUpAt) {
            this.partition = partition;
            this.caughtUpAt = caughtUpAt;
        }
    }
}
