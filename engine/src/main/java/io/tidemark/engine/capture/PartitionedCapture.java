package io.tidemark.engine.capture;

import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.source.PartitionedSource;
import io.tidemark.spi.source.SourceTable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures a source whose order holds inside partitions only. Events get their places in the slice log as they arrive, so that those of one partition,
 * and hence of one key, stay in order; everything behind the log is as for other sources. Of several processes one seals, and the others help it.
 *
 * <p>Tables may be loaded only after the positions at which their streams begin are stored.
 */
public final class PartitionedCapture {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionedCapture.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int HELPERS_MAX = 64;

    private final Pipeline pipeline;
    private final PartitionedSource source;
    private final CaptureReports reports;

    public PartitionedCapture(Pipeline pipeline, PartitionedSource source) {
        this.pipeline = pipeline;
        this.source = source;
        this.reports = new CaptureReports(pipeline.metastore(), pipeline.clock(), pipeline.roleReports());
    }

    /** Captures under the lease until told to stop, or until an error that the caller answers by calling again. */
    public void run(Lease lease) {
        Optional<SliceManifest> newest = pipeline.sliceLog().newest();
        Optional<String> token = reports.resumeToken(newest);
        Enrolment enrolment = new Enrolment(pipeline);
        List<SourceTable> tables = enrolment.prepare(token);
        LOG.info(
                "capture started tables={} after_slice={}",
                tables.size(),
                newest.map(SliceManifest::sequence).orElse(0L));
        CaptureContext context = CaptureContext.of(pipeline, source, lease);
        try (CaptureLead lead = new CaptureLead(context, reports, tables, token, newest)) {
            boolean isPublished = false;
            while (!pipeline.signals().stopping()) {
                lead.poll(POLL);
                lease.requireHeld("go on capturing");
                if (lead.store(lease.fence())) {
                    pipeline.signals().sealed().wake();
                }
                if (lead.isStored() && !isPublished) {
                    enrolment.publish(tables);
                    isPublished = true;
                }
                if (isPublished && enrolment.isDue() && enrolment.hasChanged(tables)) {
                    LOG.info("tables changed, the stream is opened again");
                    break;
                }
            }
            lead.finish(lease.fence());
            pipeline.signals().sealed().wake();
            LOG.info("capture stopped slice={}", lead.sealed());
        }
    }

    /** Helps the process that seals until told to stop, until no process seals, or until the help is to begin anew. */
    public void help() throws InterruptedException {
        for (int number = 1; number <= HELPERS_MAX; number++) {
            String name = String.format("%02d", number);
            Optional<Lease> lease = pipeline.leases().tryAcquire(Helpers.LEASE + name);
            if (lease.isPresent()) {
                try (Lease held = lease.orElseThrow()) {
                    help(name, held);
                }
                return;
            }
        }
        pipeline.machine().sleep(LOOK);
    }

    private void help(String number, Lease lease) throws InterruptedException {
        CaptureContext context = CaptureContext.of(pipeline, source, lease);
        Optional<Share> share = Optional.empty();
        while (isWanted(lease)
                && share.filter(found -> !found.partitions().isEmpty()).isEmpty()) {
            share = PartCapture.offer(context, number, lease.fence());
            pipeline.machine().sleep(POLL);
        }
        if (!isWanted(lease)) {
            return;
        }
        List<SourceTable> tables = tables();
        try (PartCapture helper = new PartCapture(context, number, share.orElseThrow(), tables)) {
            LOG.info("helping with capture helper={}", number);
            Instant lastLook = pipeline.clock().instant();
            while (helper.step(POLL)) {
                if (helper.isFull()) {
                    pipeline.machine().sleep(POLL);
                }
                if (Duration.between(lastLook, pipeline.clock().instant()).compareTo(LOOK) >= 0) {
                    lastLook = pipeline.clock().instant();
                    if (!isWanted(lease) || !tables().equals(tables)) {
                        break;
                    }
                }
            }
            LOG.info("helping with capture ended helper={}", number);
        }
    }

    private boolean isWanted(Lease lease) {
        lease.requireHeld("go on helping with capture");
        return !pipeline.signals().stopping() && pipeline.leases().isHeldBySomebody(CaptureRole.LEASE);
    }

    /** All tables that are captured, as registered. */
    private List<SourceTable> tables() {
        return pipeline.registry().list().stream()
                .filter(record -> record.state().captured())
                .map(PartitionedCapture::asRegistered)
                .toList();
    }

    private static SourceTable asRegistered(TableRecord record) {
        return new SourceTable(record.schema(), -1, -1, List.of(), record.scope());
    }
}
