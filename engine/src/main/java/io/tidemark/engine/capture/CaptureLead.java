package io.tidemark.engine.capture;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.slice.SliceWriter;
import io.tidemark.spi.source.PartitionPosition;
import io.tidemark.spi.source.PartitionedStream;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.StreamPartition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The capture of a partitioned source that seals: it follows the partitions of the source, reads its share of them, and takes what helpers read. A
 * slice is sealed together with the positions of all partitions: what is in a slice is never read again, and what is in none is. One opening of the
 * stream; used by one thread.
 */
final class CaptureLead implements AutoCloseable {
    /** A partition that is further behind is told by status. */
    static final Duration LAG = Duration.ofMinutes(1);

    private static final Duration FOLLOW = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration LOOK_WITH_HELPERS = Duration.ofMillis(200);

    private final CaptureContext context;
    private final CaptureReports reports;
    private final List<SourceTable> tables;
    private final PartitionPositions positions;
    private final @Nullable EventTimeCut cut;
    private final SliceSink sink;
    private final PartitionedStream stream;
    private final PartitionReader reader;
    private final Helpers helpers;
    private final Helpers.Taker taker = new PartTaker();

    /** Until when the events of partitions are known that nobody reads. */
    private final Map<String, Instant> known = new HashMap<>();

    /** Helpers whose parts are of an interval to come. */
    private final Set<String> waiting = new HashSet<>();

    private Map<String, StreamPartition> readable = new TreeMap<>();

    /** The positions as they were stored last. */
    private PartitionPositions stored;

    private long sealed;

    /** Everything from before this time is in sealed slices. */
    private Instant sealedUpTo;

    private boolean isStored;
    private boolean isFollowDue = true;
    private Instant lastFollowed = Instant.EPOCH;
    private Instant lastLook = Instant.EPOCH;

    /**
     * @param tables the tables as registered
     * @param token where capture goes on
     * @param newest newest slice
     */
    CaptureLead(
            CaptureContext context,
            CaptureReports reports,
            List<SourceTable> tables,
            Optional<String> token,
            Optional<SliceManifest> newest) {
        this.context = context;
        this.reports = reports;
        this.tables = tables;
        this.positions = PartitionPositions.of(token);
        this.stored = PartitionPositions.of(token);
        this.sealed = newest.map(SliceManifest::sequence).orElse(0L);
        this.sealedUpTo = reports.sealedUpTo();
        this.helpers = new Helpers(context, known);
        // Once more than helpers, so that what they hand over at the last moment is not late.
        this.cut = context.cut(2);
        this.sink = new SliceSink(
                this::openSlice, context.clock(), context.interval(), context.bytesMax(), context.undecodable(), cut);
        this.stream = context.source().openPartitions(tables);
        this.reader = new PartitionReader(
                stream,
                sink,
                positions,
                newest.map(slice -> slice.through().value()).orElse(0L) + 1,
                context.lose());
        helpers.clean();
    }

    /** Whether the positions at which the streams of all tables begin are stored. */
    boolean isStored() {
        return isStored;
    }

    /** Newest sealed slice. */
    long sealed() {
        return sealed;
    }

    /** Reads what arrives within this time. */
    void poll(Duration wait) {
        // Helpers first: they go on with what an earlier capture gave them.
        if (since(lastLook).compareTo(helpers.isEmpty() ? LOOK : LOOK_WITH_HELPERS) >= 0) {
            lastLook = context.clock().instant();
            waiting.clear();
            if (helpers.look(taker)) {
                assign();
            }
            retainOffers();
        }
        isFollowDue |= reader.takeLineageChange();
        if (isFollowDue || since(lastFollowed).compareTo(FOLLOW) >= 0) {
            follow();
        }
        reader.poll(sink.untilDue(wait));
    }

    /** Seals and reports when it is time to. Returns whether a slice was sealed. */
    boolean store(long fence) {
        boolean isDue = sink.isDue() || isComplete();
        if (isDue) {
            seal(fence);
        }
        if (reports.isDue()) {
            report();
        }
        return isDue;
    }

    /** Seals what there is and reports. */
    void finish(long fence) {
        if (!sink.isEmpty()) {
            seal(fence);
        }
        report();
    }

    /** Finds out what is to be read now. */
    private void follow() {
        lastFollowed = context.clock().instant();
        isFollowDue = false;
        Set<TableId> captured = new HashSet<>();
        tables.forEach(table -> captured.add(table.id()));
        PartitionLineage.Decision decision =
                PartitionLineage.decide(context.source().partitions(tables), positions, captured, lastFollowed);
        decision.lost()
                .forEach((table, partition) -> context.lose()
                        .accept(
                                table,
                                "the source no longer has changes that were not captured (partition=" + partition
                                        + ")"));
        Map<String, StreamPartition> found = new TreeMap<>();
        for (StreamPartition partition : decision.readable()) {
            found.put(partition.id(), partition);
            if (!readable.containsKey(partition.id())) {
                known.computeIfAbsent(partition.id(), id -> knownUntil(partition));
            }
        }
        readable = found;
        assign();
        known.keySet().retainAll(readable.keySet());
    }

    private void assign() {
        readable.values().removeIf(partition -> positions.isEnded(partition.stream(), partition.id()));
        Set<String> mine = helpers.assign(
                readable,
                reader.partitions(),
                this::isStored,
                partition -> positions
                        .find(partition.stream(), partition.id())
                        .orElse(PartitionPosition.BEGINNING)
                        .toString());
        known.putAll(reader.keep(mine));
        retainOffers();
        for (String id : mine) {
            StreamPartition partition = readable.get(id);
            if (partition != null) {
                reader.add(partition, known.getOrDefault(id, Instant.EPOCH));
                known.remove(id);
            }
        }
    }

    private void retainOffers() {
        if (cut != null) {
            Set<String> offering = new HashSet<>(waiting);
            offering.addAll(reader.partitions());
            cut.retain(offering);
        }
    }

    /** Whether all partitions that are read are past the end of the open slice's interval. Others are mostly read when that is sealed. */
    private boolean isComplete() {
        return cut != null
                && sink.isComplete(Stream.of(reader.passed(cut), helpers.passed())
                        .flatMap(Optional::stream)
                        .min(Instant::compareTo)
                        .orElse(Instant.MAX));
    }

    /** Whether a process that knows the stored positions only may go on with the partition. */
    private boolean isStored(StreamPartition partition) {
        String name = partition.stream();
        return stored.find(name, partition.id()).equals(positions.find(name, partition.id()))
                && partition.parents().stream()
                        .allMatch(parent -> stored.find(name, parent)
                                .map(PartitionPosition::isEnded)
                                .orElse(true));
    }

    /** What is read anew, or for the first time after its parents, has nothing left from before what is sealed. */
    private Instant knownUntil(StreamPartition partition) {
        return positions
                .find(partition.stream(), partition.id())
                .filter(position -> position.kind() == PartitionPosition.Kind.SINCE)
                .map(position -> Instant.parse(position.value()))
                .orElse(sealedUpTo);
    }

    /** Positions count on from the newest slice, so that a slice after another one would hold again what that one has. */
    private SliceWriter openSlice() {
        SliceWriter writer = context.log().open(cut == null ? null : cut.interval());
        if (writer.sequence() != sealed + 1) {
            writer.close();
            throw new TidemarkException(
                    ErrorCode.SLICE_CONFLICT,
                    "Cannot open a slice: another capture sealed one meanwhile (expected=" + (sealed + 1) + ", found="
                            + writer.sequence() + ")");
        }
        return writer;
    }

    private void seal(long fence) {
        String token = positions.toToken();
        Instant upTo = caughtUpAt();
        SliceManifest manifest = sink.seal(fence, token);
        sealedUpTo = upTo;
        sealed = manifest.sequence();
        reports.sealed();
        stored(token);
    }

    private void stored(String token) {
        isStored = true;
        if (!helpers.isEmpty()) {
            stored = PartitionPositions.of(Optional.of(token));
            helpers.stored();
            assign();
        }
    }

    private void report() {
        List<LaggingPartition> lagging =
                new ArrayList<>(reader.lagging(context.clock().instant().minus(LAG)));
        lagging.addAll(helpers.lagging());
        Instant caughtUpAt = caughtUpAt();
        if (sink.isEmpty()) {
            sealedUpTo = caughtUpAt;
        }
        reports.write(
                        sink,
                        sealed,
                        positions::toToken,
                        caughtUpAt,
                        new CaptureProgress.Partitions(readable.size(), 1 + helpers.count(), sealedUpTo, lagging))
                .ifPresent(this::stored);
    }

    private Instant caughtUpAt() {
        Stream<Optional<Instant>> read = Stream.of(reader.caughtUpAt(), helpers.caughtUpAt());
        return Stream.concat(read.flatMap(Optional::stream), known.values().stream())
                .min(Instant::compareTo)
                .orElse(lastFollowed);
    }

    private Duration since(Instant time) {
        return Duration.between(time, context.clock().instant());
    }

    /** Drops what was not sealed. */
    @Override
    public void close() {
        stream.close();
        sink.close();
    }

    /** Puts parts of helpers into the open slice. */
    private final class PartTaker implements Helpers.Taker {
        @Override
        public boolean fits(Part part) {
            Set<String> mine = reader.partitions();
            return part.moves().stream()
                    .allMatch(move -> !mine.contains(move.partition())
                            && positions
                                    .find(move.stream(), move.partition())
                                    .filter(position -> position.toString().equals(move.from()))
                                    .isPresent());
        }

        /** No event of the part is newer than the newest of its files. */
        @Override
        public boolean takes(String helper, Part part) {
            long newest = part.files().stream()
                    .mapToLong(SliceFile::newestCommitMicros)
                    .max()
                    .orElse(Long.MIN_VALUE);
            boolean isTaken = part.files().isEmpty() || sink.takes(helper, newest, part.since());
            if (!isTaken) {
                waiting.add(helper);
            }
            return isTaken;
        }

        @Override
        public void take(Part part, Instant passed) {
            long before = reader.reserve(part.events()) - 1;
            for (SliceFile file : part.files()) {
                context.log().read(file, batch -> append(batch, before));
            }
            if (part.events() > 0) {
                sink.commit(new Position(before + part.events()), 0, "");
                sink.capturedAt(part.since());
                if (cut == null || !cut.isPast(passed)) {
                    // The helper goes on when this is stored.
                    sink.askSeal();
                }
            }
            part.undecodable().forEach(row -> context.undecodable().handle(row.after(before)));
            for (Part.Move move : part.moves()) {
                PartitionPosition to = PartitionPosition.parse(move.to());
                positions.put(move.stream(), move.partition(), to);
                isFollowDue |= to.isEnded();
            }
        }

        private void append(ChangeBatch batch, long before) {
            long[] places = batch.positions();
            for (int row = 0; row < batch.size(); row++) {
                places[row] += before;
            }
            sink.append(batch);
        }
    }
}
