package io.tidemark.engine.run;

import io.tidemark.engine.capture.CaptureRole;
import io.tidemark.engine.capture.FreshStart;
import io.tidemark.engine.capture.RetainedLog;
import io.tidemark.engine.config.RetainedLogPolicy;
import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.SourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches how much log the source keeps for the pipeline, also while capture fails or pauses between attempts: an unreachable lake is just when it
 * grows. Needs the source and the metadata store only.
 */
final class RetentionWatch {
    static final String LEASE = "retention";

    private static final Logger LOG = LoggerFactory.getLogger(RetentionWatch.class);
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final Duration GRACE = Duration.ofSeconds(30);

    /** However capture gets on, so many times the limit is too much. */
    private static final int TIMES_MAX = 2;

    private static final Duration CAPTURE_WAIT = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Pipeline pipeline;
    private final LogSource source;
    private final FreshStart start;
    private Position acknowledged = Position.ZERO;
    private Instant movedAt = Instant.EPOCH;

    RetentionWatch(Pipeline pipeline, LogSource source) {
        this.pipeline = pipeline;
        this.source = source;
        this.start = new FreshStart(pipeline);
    }

    /** Looks under the lease until told to stop. */
    void run(Lease lease) throws InterruptedException {
        while (!pipeline.signals().stopping() && lease.isHeld()) {
            RetainedLog before = RetainedLog.last(pipeline);
            if (before.isGivenUp()) {
                giveUp(before);
            } else {
                look(before);
            }
            pipeline.signals().pause(LOOK);
        }
    }

    private void look(RetainedLog before) throws InterruptedException {
        SourceStatus status = source.status();
        boolean isAbove = status.retainedBytes() > pipeline.config().limits().retainedBytesMax();
        Instant now = pipeline.clock().instant();
        if (!status.acknowledged().equals(acknowledged)) {
            acknowledged = status.acknowledged();
            movedAt = now;
        }
        boolean isGivenUp = isAbove
                && pipeline.config().limits().onRetainedLog() == RetainedLogPolicy.DROP_SLOT
                && (standsStill(now)
                        || status.retainedBytes() / TIMES_MAX
                                > pipeline.config().limits().retainedBytesMax());
        RetainedLog found = new RetainedLog(status.retainedBytes(), isAbove, isGivenUp, now);
        if (isAbove) {
            TidemarkException alarm =
                    isGivenUp ? RetainedLog.givenUp(found.bytes()) : RetainedLog.alarm(pipeline, found.bytes());
            pipeline.roleReports().failed(LEASE, alarm);
            if (!before.isAbove()) {
                LOG.warn("retained log is above its limit reason={} remedy={}", alarm.reason(), alarm.remedy());
            }
        } else {
            pipeline.roleReports().works(LEASE);
            if (before.isAbove()) {
                LOG.info("retained log is below its limit again bytes={}", found.bytes());
            }
        }
        found.store(pipeline);
        if (isGivenUp) {
            giveUp(found);
        } else if (before.isAbove() && !isAbove) {
            pipeline.signals().tables().wake();
        }
    }

    /** Capture acknowledges what is in a sealed slice. One that works off what gathered while nothing ran is let finish. */
    private boolean standsStill(Instant now) {
        Duration grace = GRACE.plus(pipeline.config().slices().interval().multipliedBy(2));
        return Duration.between(movedAt, now).compareTo(grace) > 0;
    }

    /** Drops the slot, and has the pipeline begin anew when the lake can be written. Every step can be done once more after a crash. */
    private void giveUp(RetainedLog found) throws InterruptedException {
        Optional<Lease> capture = captureEnded();
        try {
            if (source.status().slotExists()) {
                start.loseAll(RetainedLog.givenUp(found.bytes()));
                source.giveUpLog();
                LOG.warn("slot dropped, it kept too much log bytes={}", found.bytes());
            }
            if (capture.isPresent() && isLakeWritable()) {
                start.restartCapture();
                start.compareAll("its changes were given up, because the source kept too much log");
                new RetainedLog(0, false, false, pipeline.clock().instant()).store(pipeline);
                pipeline.roleReports().works(LEASE);
                LOG.info("pipeline begins anew with another slot");
            }
        } finally {
            capture.ifPresent(Lease::close);
        }
    }

    /** Capture ends by itself when it sees that the slot is to go. One that does not is ended by the source. */
    private Optional<Lease> captureEnded() throws InterruptedException {
        Instant end = pipeline.clock().instant().plus(CAPTURE_WAIT);
        Optional<Lease> lease = pipeline.leases().tryAcquire(CaptureRole.LEASE);
        while (lease.isEmpty()
                && pipeline.clock().instant().isBefore(end)
                && !pipeline.signals().stopping()) {
            pipeline.machine().sleep(POLL);
            lease = pipeline.leases().tryAcquire(CaptureRole.LEASE);
        }
        return lease;
    }

    private boolean isLakeWritable() {
        try {
            return pipeline.lake().check().stream().noneMatch(finding -> finding.status() == Finding.Status.FAILED);
        } catch (TidemarkException e) {
            LOG.debug("lake not writable reason={}", e.reason());
            return false;
        }
    }
}
