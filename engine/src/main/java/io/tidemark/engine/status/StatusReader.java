package io.tidemark.engine.status;

import io.tidemark.engine.capture.CaptureProgress;
import io.tidemark.engine.capture.CaptureRole;
import io.tidemark.engine.capture.RetainedLog;
import io.tidemark.engine.cut.Cut;
import io.tidemark.engine.cut.CutLog;
import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.report.RoleReport;
import io.tidemark.engine.snapshot.LoadProgress;
import io.tidemark.engine.table.TableProgress;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.SourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the status of a pipeline from its metadata store, and on request from source and lake; the pipeline may run elsewhere. */
public final class StatusReader {
    private final Pipeline pipeline;
    private final Documents<CaptureProgress> captures;
    private final Documents<LoadProgress> loads;
    private final Documents<RoleReport> roles;
    private final CutLog cuts;

    /** What costs more than a look into the metadata store. */
    public enum Detail {
        /** Ask the source what it keeps. */
        SOURCE,
        /** Count the rows of the mirrors. */
        ROWS
    }

    public StatusReader(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.captures = new Documents<>(pipeline.metastore(), CaptureProgress.class);
        this.loads = new Documents<>(pipeline.metastore(), LoadProgress.class);
        this.roles = new Documents<>(pipeline.metastore(), RoleReport.class);
        this.cuts = new CutLog(pipeline.metastore());
    }

    /** Everything. */
    public PipelineStatus read() {
        return read(EnumSet.allOf(Detail.class));
    }

    public PipelineStatus read(Set<Detail> details) {
        Instant now = pipeline.clock().instant();
        Optional<CaptureProgress> capture = captures.find(Keys.CAPTURE);
        Optional<SliceManifest> newest = pipeline.sliceLog().newest();
        Map<TableId, Long> setAside = pipeline.deadLetters().counts();
        List<PipelineStatus.TableStatus> tables = pipeline.registry().list().stream()
                .filter(record -> record.state() != TableState.DROPPED)
                .map(record -> table(record, capture, newest, now, details, setAside))
                .toList();
        Optional<SourceStatus> source = Optional.empty();
        String sourceError = "";
        if (details.contains(Detail.SOURCE) && pipeline.source() instanceof LogSource log) {
            try {
                source = Optional.of(log.status());
            } catch (TidemarkException e) {
                sourceError = e.reason();
            }
        }
        return new PipelineStatus(
                pipeline.config().pipeline(),
                now,
                capture.map(this::capture),
                source,
                sourceError,
                newest.map(slice ->
                        new PipelineStatus.SliceStatus(slice.sequence(), slice.name(), slice.rows(), slice.bytes())),
                cuts.newest().map(StatusReader::cut),
                tables,
                roleErrors(source, now));
    }

    /** Too much log is told also when no process watches it. */
    private List<RoleReport> roleErrors(Optional<SourceStatus> source, Instant now) {
        List<RoleReport> errors = new ArrayList<>(roles.list(Keys.ROLES));
        boolean isTold = errors.stream().anyMatch(error -> error.code().equals(ErrorCode.SOURCE_WAL_LIMIT.name()));
        source.filter(found -> !isTold
                        && found.retainedBytes() > pipeline.config().limits().retainedBytesMax())
                .map(found -> RetainedLog.alarm(pipeline, found.retainedBytes()))
                .ifPresent(alarm -> errors.add(
                        new RoleReport("retention", alarm.code().name(), alarm.reason(), alarm.remedy(), now)));
        return errors;
    }

    private PipelineStatus.CaptureStatus capture(CaptureProgress report) {
        return new PipelineStatus.CaptureStatus(
                pipeline.leases().isHeldBySomebody(CaptureRole.LEASE),
                report.delivered().toString(),
                report.caughtUpAt(),
                report.openRows(),
                report.events(),
                report.at(),
                Optional.ofNullable(report.partitions()));
    }

    private static PipelineStatus.CutStatus cut(Cut cut) {
        return new PipelineStatus.CutStatus(cut.slice(), cut.position().toString(), cut.at());
    }

    private PipelineStatus.TableStatus table(
            TableRecord record,
            Optional<CaptureProgress> capture,
            Optional<SliceManifest> newest,
            Instant now,
            Set<Detail> details,
            Map<TableId, Long> setAside) {
        Optional<TableProgress> progress = pipeline.progress().find(record.id(), record.load());
        long sealed = newest.map(SliceManifest::sequence).orElse(0L);
        long behind = progress.map(found -> Math.max(0, sealed - found.slice())).orElse(0L);
        Optional<Duration> freshness = record.state().applies() && progress.isPresent()
                ? Optional.of(freshness(progress.orElseThrow(), capture, behind, now))
                : Optional.empty();
        TableRecord.Failure failure = record.failure();
        return new PipelineStatus.TableStatus(
                record.id(),
                record.state(),
                record.since(),
                details.contains(Detail.ROWS) ? rows(record) : Optional.empty(),
                progress.map(TableProgress::events).orElse(0L),
                behind,
                freshness,
                loads.find(Keys.of(Keys.LOADS, record.id()))
                        .filter(load -> record.state() == TableState.LOADING)
                        .map(load -> new PipelineStatus.LoadStatus(
                                load.chunks(), load.chunksDone(), load.rows(), load.estimatedRows(), load.startedAt())),
                failure == null ? "" : failure.code(),
                failure == null ? "" : failure.reason(),
                failure == null ? "" : failure.remedy(),
                record.notices(),
                setAside.getOrDefault(record.id(), 0L));
    }

    /** A mirror that has applied everything sealed is as old as the oldest event not sealed; one that is behind, as its newest slice. */
    private Duration freshness(TableProgress progress, Optional<CaptureProgress> capture, long behind, Instant now) {
        Instant shown;
        if (behind > 0 || capture.isEmpty()) {
            shown = pipeline.sliceLog()
                    .find(progress.slice())
                    .map(SliceManifest::end)
                    .orElse(progress.at());
        } else {
            Instant open = capture.orElseThrow().openSince();
            shown = open == null ? capture.orElseThrow().caughtUpAt() : open;
        }
        Duration age = Duration.between(shown, now);
        return age.isNegative() ? Duration.ZERO : age;
    }

    private Optional<Long> rows(TableRecord record) {
        Optional<LakeTable> found = pipeline.lake().find(record.mirror());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (LakeTable table = found.orElseThrow()) {
            return Optional.of(table.pin().rows());
        }
    }
}
