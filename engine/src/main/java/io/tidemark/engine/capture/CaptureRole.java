package io.tidemark.engine.capture;

import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.signal.Marker;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.source.ChangeStream;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.SourceIdentity;
import io.tidemark.spi.source.SourceTable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the change stream and seals slices. The source is acknowledged only after a slice is sealed; while nothing of interest arrives, after the
 * place to go on was written to the metadata store and the lake.
 */
public final class CaptureRole {
    public static final String LEASE = "capture";

    private static final Logger LOG = LoggerFactory.getLogger(CaptureRole.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration HEARTBEAT = Duration.ofSeconds(30);

    private final Pipeline pipeline;
    private final LogSource source;
    private final CaptureReports reports;
    private final SetAside setAside;
    private final SourceChange change;
    private final ResumeFile resume;

    private Instant lastHeartbeat = Instant.EPOCH;
    private long heartbeatEvents = -1;

    public CaptureRole(Pipeline pipeline, LogSource source) {
        this.pipeline = pipeline;
        this.source = source;
        this.reports = new CaptureReports(pipeline.metastore(), pipeline.clock(), pipeline.roleReports());
        this.setAside = new SetAside(pipeline);
        this.change = new SourceChange(pipeline, source, reports);
        this.resume = new ResumeFile(pipeline.storage(), pipeline.config().pipeline(), pipeline.clock());
    }

    /** Captures under the lease until told to stop, or until an error that the caller answers by calling again. */
    public void run(Lease lease) {
        RetainedLog kept = RetainedLog.last(pipeline);
        if (kept.isGivenUp()) {
            throw RetainedLog.givenUp(kept.bytes());
        }
        Optional<SliceManifest> newest = pipeline.sliceLog().newest();
        Optional<SourceIdentity> known = pipeline.knownSource().require();
        Optional<String> token = change.check(known, newest, reports.resumeToken(newest));
        resume.begin();
        if (token.isEmpty() && newest.isPresent()) {
            resume.noteGap(newest.orElseThrow().sequence());
        }
        // The stream acknowledges where it begins.
        token.ifPresent(found ->
                resume.keep(newest.map(SliceManifest::sequence).orElse(0L), found, ResumeFile.Moment.AT_THE_END));
        Enrolment enrolment = new Enrolment(pipeline);
        List<SourceTable> tables = enrolment.refresh(token);
        LOG.info(
                "capture started tables={} after_slice={} from={}",
                tables.size(),
                newest.map(SliceManifest::sequence).orElse(0L),
                token.orElse("start"));
        try (SliceSink sink = SliceSink.of(pipeline, setAside);
                ChangeStream stream = source.openStream(token, tables)) {
            long sealed = newest.map(SliceManifest::sequence).orElse(0L);
            while (!pipeline.signals().stopping()) {
                stream.poll(sink, sink.untilDue(POLL));
                lease.requireHeld("go on capturing");
                if (sink.isDue()) {
                    sealed = seal(sink, stream, lease);
                }
                if (reports.isDue()) {
                    report(sink, stream, sealed, ResumeFile.Moment.UNDER_WAY);
                    if (RetainedLog.last(pipeline).isGivenUp()) {
                        LOG.warn("capture ends, its slot is to be dropped");
                        break;
                    }
                }
                beat(sink);
                if (enrolment.isDue() && enrolment.hasChanged(tables)) {
                    LOG.info("tables changed, the stream is opened again");
                    break;
                }
            }
            if (!sink.isEmpty()) {
                sealed = seal(sink, stream, lease);
            }
            report(sink, stream, sealed, ResumeFile.Moment.AT_THE_END);
            LOG.info("capture stopped slice={}", sealed);
        }
    }

    private long seal(SliceSink sink, ChangeStream stream, Lease lease) {
        SliceManifest sealed = sink.seal(lease.fence());
        reports.sealed();
        resume.sealed();
        if (!sealed.resumeToken().isEmpty()) {
            stream.acknowledge(sealed.resumeToken());
        }
        LOG.debug(
                "slice sealed slice={} rows={} bytes={} through={}",
                sealed.sequence(),
                sealed.rows(),
                sealed.bytes(),
                sealed.through());
        pipeline.signals().sealed().wake();
        return sealed.sequence();
    }

    /** Report and file are written before the acknowledgement that rests on their token. */
    private void report(SliceSink sink, ChangeStream stream, long sealed, ResumeFile.Moment moment) {
        reports.write(sink, sealed, stream::deliveredToken, stream.caughtUpAt(), null)
                .filter(token -> !token.isEmpty() && resume.keep(sealed, token, moment))
                .ifPresent(stream::acknowledge);
    }

    /** An idle database writes nothing that would move the slot; a transactional message does. */
    private void beat(SliceSink sink) {
        if (Duration.between(lastHeartbeat, pipeline.clock().instant()).compareTo(HEARTBEAT) < 0) {
            return;
        }
        lastHeartbeat = pipeline.clock().instant();
        if (heartbeatEvents == sink.events()) {
            source.mark(Marker.HEARTBEAT);
        }
        heartbeatEvents = sink.events();
    }
}
