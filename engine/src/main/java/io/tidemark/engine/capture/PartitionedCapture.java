package io.tidemark.engine.capture;

import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.source.PartitionPosition;
import io.tidemark.spi.source.PartitionSink;
import io.tidemark.spi.source.PartitionedSource;
import io.tidemark.spi.source.PartitionedStream;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.StreamPartition;
import io.tidemark.spi.source.UndecodableRow;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures a source whose order holds inside partitions only. Events get their places in the slice log as they arrive, so that those of one partition,
 * and hence of one key, stay in order; everything behind the log is as for other sources. A slice is sealed together with the positions of all partitions:
 * what is in a slice is never read again, and what is in none is.
 *
 * <p>Tables may be loaded only after the positions at which their streams begin are stored.
 */
public final class PartitionedCapture {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionedCapture.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration FOLLOW = Duration.ofSeconds(5);

    private final Pipeline pipeline;
    private final PartitionedSource source;
    private final CaptureReports reports;
    private final SetAside setAside;

    public PartitionedCapture(Pipeline pipeline, PartitionedSource source) {
        this.pipeline = pipeline;
        this.source = source;
        this.reports = new CaptureReports(pipeline.metastore(), pipeline.clock());
        this.setAside = new SetAside(pipeline);
    }

    /** Captures under the lease until told to stop, or until an error that the caller answers by calling again. */
    public void run(Lease lease) {
        Optional<SliceManifest> newest = pipeline.sliceLog().newest();
        Optional<String> token = reports.resumeToken(newest);
        Enrolment enrolment = new Enrolment(pipeline);
        List<SourceTable> tables = enrolment.prepare(token);
        LOG.info("capture started tables={} after_slice={}", tables.size(), sequence(newest));
        try (SliceSink sink = SliceSink.of(pipeline, setAside);
                PartitionedStream stream = source.openPartitions(tables)) {
            Session session = new Session(lease, sink, stream, tables, PartitionPositions.of(token), newest);
            session.run(enrolment);
            LOG.info("capture stopped slice={}", session.sealed);
        }
    }

    private static long sequence(Optional<SliceManifest> newest) {
        return newest.map(SliceManifest::sequence).orElse(0L);
    }

    /** One opening of the stream. */
    private final class Session implements PartitionSink {
        private final Lease lease;
        private final SliceSink sink;
        private final PartitionedStream stream;
        private final List<SourceTable> tables;
        private final PartitionPositions positions;

        /** The partitions that are read, and until when all of their events are known. */
        private final Map<String, Reading> readings = new TreeMap<>();

        private long sealed;
        private long position;
        private boolean hasRow;
        private boolean isStored;
        private boolean isPublished;
        private boolean lineageChanged = true;
        private Instant lastFollowed = Instant.EPOCH;

        Session(
                Lease lease,
                SliceSink sink,
                PartitionedStream stream,
                List<SourceTable> tables,
                PartitionPositions positions,
                Optional<SliceManifest> newest) {
            this.lease = lease;
            this.sink = sink;
            this.stream = stream;
            this.tables = tables;
            this.positions = positions;
            this.sealed = sequence(newest);
            this.position = newest.map(slice -> slice.through().value()).orElse(0L) + 1;
        }

        void run(Enrolment enrolment) {
            while (!pipeline.signals().stopping()) {
                if (isFollowDue()) {
                    follow();
                }
                stream.poll(this, sink.untilDue(POLL));
                lease.requireHeld("go on capturing");
                if (sink.isDue()) {
                    seal();
                }
                if (reports.isDue()) {
                    report();
                }
                if (isStored && !isPublished) {
                    enrolment.publish(tables);
                    isPublished = true;
                }
                if (isPublished && enrolment.isDue() && enrolment.hasChanged(tables)) {
                    LOG.info("tables changed, the stream is opened again");
                    break;
                }
            }
            if (!sink.isEmpty()) {
                seal();
            }
            report();
        }

        /** Reads what is to be read now. */
        private void follow() {
            lastFollowed = pipeline.clock().instant();
            lineageChanged = false;
            Set<TableId> captured = new HashSet<>();
            tables.forEach(table -> captured.add(table.id()));
            PartitionLineage.Decision decision =
                    PartitionLineage.decide(source.partitions(tables), positions, captured, lastFollowed);
            decision.lost()
                    .forEach((table, partition) -> fail(
                            table,
                            "the source no longer has changes that were not captured (partition=" + partition + ")"));
            Set<String> wanted = new HashSet<>();
            for (StreamPartition partition : decision.readable()) {
                wanted.add(partition.id());
                if (!readings.containsKey(partition.id())) {
                    PartitionPosition from =
                            positions.find(partition.stream(), partition.id()).orElse(PartitionPosition.BEGINNING);
                    stream.add(partition, from);
                    readings.put(partition.id(), new Reading(partition, knownUntil(partition, from)));
                    LOG.info("partition is read partition={} from={}", partition.id(), from);
                }
            }
            for (String gone : List.copyOf(readings.keySet())) {
                if (!wanted.contains(gone)) {
                    stream.remove(gone);
                    readings.remove(gone);
                }
            }
        }

        /** A child may hold events from before its parent was read to the end. */
        private Instant knownUntil(StreamPartition partition, PartitionPosition from) {
            if (from.kind() == PartitionPosition.Kind.SINCE) {
                return Instant.parse(from.value());
            }
            return readings.values().stream()
                    .filter(other -> other.partition.stream().equals(partition.stream()))
                    .map(other -> other.caughtUpAt)
                    .min(Instant::compareTo)
                    .orElse(Instant.EPOCH);
        }

        private void fail(TableId table, String reason) {
            pipeline.registry()
                    .fail(
                            table,
                            new TidemarkException(
                                    ErrorCode.SOURCE_SLOT_LOST,
                                    "Cannot go on with table " + table + ": " + reason,
                                    "Changes are missing: run 'tidemark resync " + table + "'.",
                                    null));
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
                reading.partition.tables().forEach(table -> fail(table, reason.reason()));
                lineageChanged = true;
            }
        }

        private void seal() {
            SliceManifest manifest = sink.seal(lease.fence(), positions.toToken());
            sealed = manifest.sequence();
            reports.sealed();
            isStored = true;
            pipeline.signals().sealed().wake();
        }

        private void report() {
            Instant caughtUpAt = readings.values().stream()
                    .map(reading -> reading.caughtUpAt)
                    .min(Instant::compareTo)
                    .orElse(lastFollowed);
            isStored |=
                    reports.write(sink, sealed, positions::toToken, caughtUpAt).isPresent();
        }

        /** Whether it is time to ask the source for its partitions. */
        private boolean isFollowDue() {
            return lineageChanged
                    || Duration.between(lastFollowed, pipeline.clock().instant())
                                    .compareTo(FOLLOW)
                            >= 0;
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
