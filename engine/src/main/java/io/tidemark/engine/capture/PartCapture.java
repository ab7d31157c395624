package io.tidemark.engine.capture;

import io.tidemark.engine.job.JobFiles;
import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.source.PartitionPosition;
import io.tidemark.spi.source.PartitionedStream;
import io.tidemark.spi.source.SourceTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that helps with capture: it reads the partitions of its {@link Share} and hands over what it has read as {@link Part}s, one at a time. One
 * opening of the stream; used by one thread.
 */
final class PartCapture implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PartCapture.class);
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration REPORT = Duration.ofSeconds(1);
    private static final long PART_BYTES_MAX = 64L << 20;

    private final CaptureContext context;
    private final String number;
    private final long fence;
    private final Documents<Share> shares;
    private final PartitionPositions positions;
    private final @Nullable EventTimeCut cut;
    private final SliceSink sink;
    private final PartitionedStream stream;
    private final PartitionReader reader;
    private final List<Part.Undecodable> undecodable = new ArrayList<>();

    /** Positions where the open part begins, by partition. */
    private final Map<String, Share.Assigned> begins = new TreeMap<>();

    /** What it is to read now. */
    private Share share;

    private long part;
    private String path = "";
    private Instant caughtUpAt = Instant.EPOCH;
    private Instant passed = Instant.EPOCH;
    private Instant lastLook = Instant.EPOCH;
    private Instant lastReport = Instant.EPOCH;
    private Instant lastPart;

    /** The version of the share whose change is in the newest part, or in none. */
    private long versionSaid;

    /**
     * @param number of the helper
     * @param share what it is to read now
     * @param tables the tables of the partitions, as registered
     */
    PartCapture(CaptureContext context, String number, Share share, List<SourceTable> tables) {
        this.context = context;
        this.number = number;
        this.fence = share.fence();
        this.share = share;
        this.part = share.taken();
        this.shares = new Documents<>(context.metastore(), Share.class);
        this.positions = PartitionPositions.of(Optional.empty());
        this.lastPart = context.clock().instant();
        this.cut = context.cut(1);
        this.sink = new SliceSink(
                () -> new PartWriter(context.log(), part + 1, folder()),
                context.clock(),
                context.interval(),
                Math.min(context.bytesMax(), PART_BYTES_MAX),
                row -> undecodable.add(Part.Undecodable.of(row)),
                cut);
        this.stream = context.source().openPartitions(tables);
        this.reader = new PartitionReader(stream, sink, positions, 1, context.lose());
        apply(share);
    }

    /**
     * Says that this process would help.
     *
     * @return its share, once the capture that seals has seen it
     */
    static Optional<Share> offer(CaptureContext context, String number, long fence) {
        Documents<Share> shares = new Documents<>(context.metastore(), Share.class);
        Optional<Share> share = shares.find(Keys.SHARES + number).filter(found -> found.fence() == fence);
        if (share.isEmpty()) {
            write(context, number, new HelperReport(fence, 0, 0, 0, "", Instant.EPOCH, Instant.EPOCH, List.of()));
        }
        return share;
    }

    /** Whether the share that this helper began with still is its own, apart from further partitions. */
    private boolean isOfSameLife(Optional<Share> found) {
        return found.filter(
                        now -> now.fence() == fence && now.life() == share.life() && now.version() >= share.version())
                .isPresent();
    }

    /**
     * Reads what arrives within this time and hands over what is due.
     *
     * @return whether to go on; otherwise all that was not handed over is forgotten and another helper is to be opened
     */
    boolean step(Duration wait) {
        if (since(lastLook).compareTo(LOOK) >= 0) {
            lastLook = context.clock().instant();
            Optional<Share> found = shares.find(Keys.SHARES + number);
            if (!isOfSameLife(found)) {
                return false;
            }
            Share now = found.orElseThrow();
            if (now.version() > share.version()) {
                if (isBack(now)) {
                    return false;
                }
                apply(now);
            }
            share = now;
        }
        if (!isHanding()) {
            reader.poll(sink.untilDue(wait));
            handOver();
        } else if (!isFull()) {
            reader.poll(wait);
        }
        if (since(lastReport).compareTo(REPORT) >= 0) {
            report();
        }
        return true;
    }

    /** Number of the newest part that was handed over. */
    long parts() {
        return part;
    }

    /** Whether it can read no more before the part before is taken. */
    boolean isFull() {
        return isHanding() && sink.isFull();
    }

    /** Whether the part before is not taken yet. */
    private boolean isHanding() {
        return part > share.taken();
    }

    /**
     * Whether a partition is to be read anew of which events are not handed over that were read before it was taken away. A capture that began to seal
     * meanwhile does not know of them.
     */
    private boolean isBack(Share next) {
        Set<String> read = reader.partitions();
        return next.partitions().stream()
                .anyMatch(assigned -> begins.containsKey(assigned.id()) && !read.contains(assigned.id()));
    }

    private void apply(Share next) {
        Set<String> wanted = new HashSet<>();
        for (Share.Assigned assigned : next.partitions()) {
            wanted.add(assigned.id());
            if (!reader.partitions().contains(assigned.id())) {
                String name = assigned.partition().stream();
                if (!positions.hasStream(name)) {
                    positions.addStream(name, assigned.partition().tables());
                }
                positions.put(name, assigned.id(), assigned.from());
                begins.put(assigned.id(), assigned);
                reader.add(assigned.partition(), assigned.knownUntil());
            }
        }
        reader.keep(wanted);
        if (cut != null) {
            cut.retain(wanted);
        }
    }

    private Instant passed() {
        return cut == null
                ? Instant.EPOCH
                : reader.passed(cut).orElse(context.clock().instant());
    }

    /** What the partitions were moved since the part before. */
    private List<Part.Move> moves() {
        List<Part.Move> moves = new ArrayList<>();
        begins.forEach((id, begin) -> {
            String name = begin.partition().stream();
            String to =
                    positions.find(name, id).map(PartitionPosition::toString).orElse(begin.position());
            if (!to.equals(begin.position())) {
                moves.add(new Part.Move(name, id, begin.position(), to));
            }
        });
        return moves;
    }

    private void handOver() {
        List<Part.Move> moves = moves();
        boolean hasLeft = share.version() > versionSaid;
        if (moves.isEmpty()) {
            caughtUpAt = reader.caughtUpAt().orElse(context.clock().instant());
            Instant before = passed;
            passed = passed();
            if (hasLeft) {
                said();
                report();
            } else if (cut != null && cut.isBetween(before, passed)) {
                // The interval may be complete with that.
                report();
            }
            return;
        }
        boolean isDue = sink.isDue()
                || sink.isComplete(passed())
                || hasLeft
                || reader.takeLineageChange()
                || (sink.isEmpty() && since(lastPart).compareTo(context.interval()) >= 0);
        if (isDue) {
            write(moves);
        }
    }

    private void write(List<Part.Move> moves) {
        Instant now = context.clock().instant();
        Instant openSince = sink.openSince();
        long events = reader.position() - 1;
        List<SliceFile> files = List.of();
        if (!sink.isEmpty()) {
            SliceManifest sealed = sink.seal(fence, "");
            files = sealed.files();
        }
        passed = passed();
        path = folder() + "part.json";
        JobFiles.write(
                context.storage(),
                path,
                new Part(events, openSince == null ? now : openSince, files, moves, undecodable));
        part++;
        caughtUpAt = reader.caughtUpAt().orElse(now);
        lastPart = now;
        undecodable.clear();
        reader.restart(1);
        for (Part.Move move : moves) {
            Share.Assigned begin = begins.get(move.partition());
            if (begin != null) {
                begins.put(move.partition(), new Share.Assigned(begin.partition(), move.to(), begin.knownUntil()));
            }
        }
        said();
        report();
        LOG.debug("part handed over helper={} part={} events={} partitions={}", number, part, events, moves.size());
    }

    private void said() {
        versionSaid = share.version();
        begins.keySet().retainAll(reader.partitions());
    }

    private void report() {
        lastReport = context.clock().instant();
        write(
                context,
                number,
                new HelperReport(
                        fence,
                        share.life(),
                        versionSaid,
                        part,
                        path,
                        caughtUpAt,
                        passed,
                        List.copyOf(reader.lagging(lastReport.minus(CaptureLead.LAG)))));
    }

    /** A process that takes its place has a greater fence. */
    private static void write(CaptureContext context, String number, HelperReport report) {
        new Documents<>(context.metastore(), HelperReport.class).update(Keys.HELPERS + number, before -> {
            if (before.filter(found -> found.fence() > report.fence()).isPresent()) {
                throw new TidemarkException(
                        ErrorCode.LEASE_LOST,
                        "Cannot go on helping with capture: another process took this one's place (helper=" + number
                                + ")");
            }
            return Optional.of(report);
        });
    }

    private String folder() {
        return context.folder() + Helpers.folderName(number, fence) + "/" + (part + 1) + "/";
    }

    private Duration since(Instant time) {
        return Duration.between(time, context.clock().instant());
    }

    /** Forgets what was not handed over; the part that was may still be taken. */
    @Override
    public void close() {
        stream.close();
        sink.close();
    }
}
