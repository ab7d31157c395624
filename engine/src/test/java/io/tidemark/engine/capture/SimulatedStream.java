package io.tidemark.engine.capture;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.source.PartitionPosition;
import io.tidemark.spi.source.PartitionSink;
import io.tidemark.spi.source.PartitionedSource;
import io.tidemark.spi.source.PartitionedStream;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.StreamPartition;
import io.tidemark.spi.source.TableScope;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A source of one table whose stream is written to, split, merged and trimmed in an order that a seed picks. Rows are (key, number of the event of the key). */
final class SimulatedStream implements PartitionedSource {
    static final String NAME = "s";
    static final TableId TABLE = new TableId("sim", "t");
    static final RowSchema SCHEMA = new RowSchema(
            TABLE,
            List.of(
                    new Column("key", ColumnType.INT64, false, "N", 1),
                    new Column("number", ColumnType.INT64, false, "N", 2)),
            List.of("key"),
            BeforeImage.KEY);
    static final int KEYS = 16;

    private static final Duration KEPT = Duration.ofSeconds(20);

    private final Random random;
    private final Supplier<Instant> clock;
    private final List<Shard> shards = new ArrayList<>();
    private final Map<Integer, Integer> written = new TreeMap<>();
    private final List<Event> all = new ArrayList<>();
    private int made;

    /**
     * An event.
     *
     * @param time when it happened by the source's word, which is not exact: cut off to a tenth of a second, and now and then late
     */
    record Event(int key, int number, Instant at, Instant time) {
        long micros() {
            return ChronoUnit.MICROS.between(Instant.EPOCH, time);
        }
    }

    /** A shard: the events of a range of keys, while it is open. */
    private static final class Shard {
        private final String id;
        private final List<String> parents;
        private final int from;
        private final int to;
        private final List<Event> events = new ArrayList<>();
        private boolean closed;
        private @Nullable Instant unneededSince;

        Shard(int number, List<String> parents, int from, int to) {
            this.id = String.format("shard-%04d", number);
            this.parents = parents;
            this.from = from;
            this.to = to;
        }
    }

    SimulatedStream(Random random, Supplier<Instant> clock) {
        this.random = random;
        this.clock = clock;
        int first = 1 + random.nextInt(4);
        for (int i = 0; i < first; i++) {
            shards.add(new Shard(made++, List.of(), i * KEYS / first, (i + 1) * KEYS / first));
        }
    }

    /** Every event, in the order of writing. */
    List<Event> events() {
        return all;
    }

    void write() {
        int key = random.nextInt(KEYS);
        Shard shard = shards.stream()
                .filter(one -> !one.closed && one.from <= key && key < one.to)
                .findFirst()
                .orElseThrow();
        Instant now = clock.get();
        Duration behind = Duration.ofMillis(random.nextInt(30) == 0 ? random.nextInt(5_000) : 0);
        Instant time = Instant.ofEpochMilli(now.minus(behind).toEpochMilli() / 100 * 100);
        Event event = new Event(key, written.merge(key, 1, Integer::sum), now, time);
        shard.events.add(event);
        all.add(event);
    }

    void split() {
        List<Shard> wide = shards.stream()
                .filter(shard -> !shard.closed && shard.to - shard.from > 1)
                .toList();
        if (!wide.isEmpty()) {
            Shard shard = wide.get(random.nextInt(wide.size()));
            int middle = (shard.from + shard.to) / 2;
            shard.closed = true;
            shards.add(new Shard(made++, List.of(shard.id), shard.from, middle));
            shards.add(new Shard(made++, List.of(shard.id), middle, shard.to));
        }
    }

    void merge() {
        List<Shard> left = shards.stream()
                .filter(shard -> !shard.closed)
                .sorted(Comparator.comparingInt(shard -> shard.from))
                .toList();
        if (left.size() > 1) {
            int at = random.nextInt(left.size() - 1);
            Shard one = left.get(at);
            Shard other = left.get(at + 1);
            one.closed = true;
            other.closed = true;
            shards.add(new Shard(made++, List.of(one.id, other.id), one.from, other.to));
        }
    }

    /**
     * The oldest shard goes, when what is stored has not needed it for some time: the time that a source keeps events is long against that for which a
     * process believes to hold a lease.
     *
     * @param token what is stored
     */
    void trim(Optional<String> token) {
        Shard oldest = shards.get(0);
        PartitionPositions stored = PartitionPositions.of(token);
        boolean isNeeded = stored.find(NAME, oldest.id)
                .filter(position -> !position.isEnded())
                .isPresent();
        boolean hasFollowers = shards.stream()
                .anyMatch(child -> child.parents.contains(oldest.id)
                        && stored.find(NAME, child.id).isPresent());
        if (oldest.closed && !isNeeded && (stored.isEnded(NAME, oldest.id) || hasFollowers)) {
            if (oldest.unneededSince == null) {
                oldest.unneededSince = clock.get();
            } else if (oldest.unneededSince.plus(KEPT).isBefore(clock.get())) {
                shards.remove(oldest);
            }
        }
    }

    @Override
    public List<StreamPartition> partitions(List<SourceTable> tables) {
        return shards.stream()
                .map(shard -> new StreamPartition(shard.id, NAME, List.of(TABLE), shard.parents, shard.closed))
                .toList();
    }

    @Override
    public PartitionedStream openPartitions(List<SourceTable> tables) {
        return new Reading();
    }

    /** Reads shards that are not trimmed: at each poll a few events of one of them. */
    private final class Reading implements PartitionedStream {
        private final Map<String, Integer> next = new HashMap<>();

        @Override
        public void add(StreamPartition partition, PartitionPosition from) {
            next.put(
                    partition.id(),
                    switch (from.kind()) {
                        case BEGINNING -> 0;
                        case AFTER -> Integer.parseInt(from.value()) + 1;
                        case SINCE ->
                            (int) shard(partition.id()).orElseThrow().events.stream()
                                    .filter(event -> event.at.isBefore(Instant.parse(from.value())))
                                    .count();
                        case ENDED -> throw new IllegalArgumentException("ended: " + partition);
                    });
        }

        @Override
        public void remove(String partition) {
            next.remove(partition);
        }

        @Override
        public long poll(PartitionSink sink, Duration wait) {
            if (next.isEmpty()) {
                return 0;
            }
            List<String> ids = List.copyOf(new TreeMap<>(next).keySet());
            String id = ids.get(random.nextInt(ids.size()));
            Optional<Shard> found = shard(id);
            if (found.isEmpty()) {
                next.remove(id);
                sink.lost(id, new TidemarkException(ErrorCode.SOURCE_SLOT_LOST, "trimmed: " + id));
                return 0;
            }
            Shard shard = found.orElseThrow();
            if (random.nextInt(20) == 0) {
                sink.failed(id, new TidemarkException(ErrorCode.SOURCE_UNREACHABLE, "no answer: " + id));
                return 0;
            }
            int at = next.get(id);
            int until = Math.min(shard.events.size(), at + random.nextInt(5));
            for (; at < until; at++) {
                Event event = shard.events.get(at);
                if (!sink.takes(id, event.micros(), clock.get())) {
                    break;
                }
                ChangeBatch batch = sink.batch(SCHEMA);
                batch.beginRow(Operation.INSERT, sink.position(), 0, 0, event.micros());
                ((LongVector) batch.column(0)).append(event.key);
                ((LongVector) batch.column(1)).append(event.number);
                sink.event(id, Integer.toString(at), event.micros());
            }
            next.put(id, at);
            if (at == shard.events.size()) {
                if (shard.closed) {
                    next.remove(id);
                    sink.ended(id);
                } else {
                    sink.caughtUp(id, clock.get());
                }
            }
            return 1;
        }

        @Override
        public void close() {
            next.clear();
        }
    }

    private Optional<Shard> shard(String id) {
        return shards.stream().filter(shard -> shard.id.equals(id)).findFirst();
    }

    @Override
    public String description() {
        return "a simulated stream";
    }

    @Override
    public List<Finding> check(List<TableId> tables, Map<TableId, TableScope> scopes) {
        return List.of();
    }

    @Override
    public List<SourceTable> tables() {
        return List.of(new SourceTable(SCHEMA, -1, -1, List.of()));
    }

    @Override
    public Map<TableId, TidemarkException> problems(List<SourceTable> tables) {
        return Map.of();
    }

    @Override
    public void prepare(List<SourceTable> tables, Optional<String> resumeToken) {
        // Nothing to prepare.
    }

    @Override
    public SnapshotCut openView(Position cutoff, int readers) {
        throw new UnsupportedOperationException("nothing is loaded");
    }

    @Override
    public void remove() {
        // Nothing was made.
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
