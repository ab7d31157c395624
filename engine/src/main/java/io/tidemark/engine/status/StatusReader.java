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
import io.tidemark.spi.error.RetryRule;
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
import java.util.function.Supplier;

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
        List<RoleReport> unread = new ArrayList<>();
        Optional<SliceManifest> newest =
                stored(unread, now, () -> pipeline.sliceLog().newest());
        long sealed = newest.map(SliceManifest::sequence)
                .or(() -> capture.map(CaptureProgress::afterSlice))
                .orElse(0L);
        Look look =
                new Look(now, details, capture, sealed, pipeline.deadLetters().counts(), unread);
        List<PipelineStatus.TableStatus> tables = pipeline.registry().list().stream()
                .filter(record -> record.state() != TableState.DROPPED)
                .map(record -> table(record, look))
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
                roleErrors(source, unread, now));
    }

    /** What all tables are seen with; {@code unread} takes note of what the storage did not give. */
    private record Look(
            Instant now,
            Set<Detail> details,
            Optional<CaptureProgress> capture,
            long sealed,
            Map<TableId, Long> setAside,
            List<RoleReport> unread) {}

    /**
     * Reads from the lake's storage. One that is away is what status has to tell, so nothing else is kept back for it, and it is not asked again:
     * libraries wait minutes for a table of such a storage.
     */
    private static <T> Optional<T> stored(List<RoleReport> unread, Instant now, Supplier<Optional<T>> read) {
        if (!unread.isEmpty()) {
            return Optional.empty();
        }
        try {
            return read.get();
        } catch (TidemarkException e) {
            if (e.code().retry() != RetryRule.RETRY || e.code() == ErrorCode.METASTORE_UNAVAILABLE) {
                throw e;
            }
            unread.add(new RoleReport("status", e.code().name(), e.reason(), e.remedy(), now));
            return Optional.empty();
        }
    }

    /** Too much log is told also when no process watches it. */
    private List<RoleReport> roleErrors(Optional<SourceStatus> source, List<RoleReport> unread, Instant now) {
        List<RoleReport> errors = new ArrayList<>(roles.list(Keys.ROLES));
        errors.addAll(unread);
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

    private PipelineStatus.TableStatus table(TableRecord record, Look look) {
        Optional<TableProgress> progress = pipeline.progress().find(record.id(), record.load());
        long behind = progress.map(found -> Math.max(0, look.sealed() - found.slice()))
                .orElse(0L);
        Optional<Duration> freshness =
                progress.filter(found -> record.state().applies()).flatMap(found -> freshness(found, behind, look));
        TableRecord.Failure failure = record.failure();
        return new PipelineStatus.TableStatus(
                record.id(),
                record.state(),
                record.since(),
                look.details().contains(Detail.ROWS)
                        ? stored(look.unread(), look.now(), () -> rows(record))
                        : Optional.empty(),
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
                look.setAside().getOrDefault(record.id(), 0L));
    }

    /**
     * A mirror that has applied everything sealed is as old as the oldest event not sealed; one that is behind, as its newest slice. Empty while
     * capture has never come to the end of what there was.
     */
    private Optional<Duration> freshness(TableProgress progress, long behind, Look look) {
        Instant shown = behind > 0 || look.capture().isEmpty()
                ? stored(look.unread(), look.now(), () -> pipeline.sliceLog().find(progress.slice()))
                        .map(SliceManifest::end)
                        .orElse(progress.at())
                : look.capture().orElseThrow().shownUpTo();
        if (shown.equals(Instant.EPOCH)) {
            return Optional.empty();
        }
        Duration age = Duration.between(shown, look.now());
        return Optional.of(age.isNegative() ? Duration.ZERO : age);
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
