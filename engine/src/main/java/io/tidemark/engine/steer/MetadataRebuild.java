package io.tidemark.engine.steer;

import io.tidemark.engine.capture.CaptureProgress;
import io.tidemark.engine.capture.CaptureRole;
import io.tidemark.engine.capture.ResumeFile;
import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.orchestrate.Orchestrator;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.LoadPlan;
import io.tidemark.engine.table.Registration;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.work.Worker;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.source.LogSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fills a metadata store that was lost from what the lake holds. A table goes on where its mirror stands, when everything agrees: the copy of its registration
 * names the load that made the mirror and has its columns; the slice log has every slice after the mirror's newest one, without a gap; and the source
 * still has every change after the slice log. Where something is missing or in doubt, the table is loaded again, and the reason is told.
 *
 * <p>The index of slices and that of dead letters are rebuilt before, when the pipeline is opened.
 */
public final class MetadataRebuild {
    private final Pipeline pipeline;
    private final Documents<CaptureProgress> captures;
    private final long newest;

    public MetadataRebuild(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.captures = new Documents<>(pipeline.metastore(), CaptureProgress.class);
        this.newest = pipeline.sliceLog().newest().map(SliceManifest::sequence).orElse(0L);
    }

    /**
     * What became of a table.
     *
     * @param table the table
     * @param state its state now
     * @param loadedAgain why it is loaded again; empty when it goes on where it stood
     */
    public record Result(TableId table, TableState state, Optional<String> loadedAgain) {}

    /** Which tables are put into the store. */
    public enum Tables {
        /** All; the store must have none. */
        ALL,
        /** Those that the store does not have. */
        MISSING
    }

    /**
     * Rebuilds. Can be called again after it has failed half-way, with {@link Tables#MISSING}.
     *
     * @throws TidemarkException {@code INVALID_ARGUMENT} while the pipeline runs, or when the store has tables of it and only missing ones were not asked
     *     for; whatever source and lake fail with
     */
    public List<Result> rebuild(Tables which) {
        requireStopped();
        List<TableId> known =
                pipeline.registry().list().stream().map(TableRecord::id).toList();
        if (which == Tables.ALL && !known.isEmpty()) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot rebuild the metadata of pipeline " + name()
                            + ": the metadata store has tables of it (tables=" + known.size() + ")",
                    "Nothing is to be done if it has them all; 'tidemark rebuild-metadata --missing' puts those in that it lacks.",
                    null);
        }
        List<Registration> lost = pipeline.registrations().list().stream()
                .filter(copy -> !known.contains(copy.table().id()))
                .toList();
        Optional<ResumeFile.Resume> resume = new ResumeFile(pipeline.storage(), name(), pipeline.clock()).find();
        Optional<String> broken = rejoinSource(resume);
        long gap = resume.map(ResumeFile.Resume::gapAfterSlice).orElse(-1L);
        List<Result> results = new ArrayList<>();
        for (Registration copy : lost) {
            results.add(restore(copy, broken, gap));
        }
        return List.copyOf(results);
    }

    private void requireStopped() {
        for (String lease : List.of(CaptureRole.LEASE, Orchestrator.LEASE)) {
            if (pipeline.leases().isHeldBySomebody(lease)) {
                throw new TidemarkException(
                        ErrorCode.INVALID_ARGUMENT,
                        "Cannot rebuild the metadata of pipeline " + name() + ": it is running (lease=" + lease + ")",
                        "Stop 'tidemark run' first.",
                        null);
            }
        }
    }

    /** Has capture go on where it stood, unless the store says where; returns why it cannot, after which it begins anew. */
    private Optional<String> rejoinSource(Optional<ResumeFile.Resume> resume) {
        if (!(pipeline.source() instanceof LogSource source)) {
            return Optional.of("a source that is read in partitions does not tell what it still has");
        }
        if (captures.find(Keys.CAPTURE).filter(CaptureProgress::restart).isPresent()) {
            return Optional.of("capture begins anew");
        }
        long told = resume.map(ResumeFile.Resume::afterSlice).orElse(0L);
        if (told > newest) {
            return anew("the slice log in the lake ends before what was captured (newest=" + newest + ", captured="
                    + told + ")");
        }
        Optional<String> later = resume.filter(found -> found.afterSlice() == newest)
                .map(ResumeFile.Resume::token)
                .filter(token -> !token.isEmpty());
        Optional<String> token = later.or(() ->
                pipeline.sliceLog().newest().map(SliceManifest::resumeToken).filter(found -> !found.isEmpty()));
        if (token.isEmpty()) {
            return anew("the lake does not tell where capture goes on");
        }
        try {
            source.checkChangesAfter(token.orElseThrow());
        } catch (TidemarkException e) {
            if (e.code() != ErrorCode.SOURCE_SLOT_LOST) {
                throw e;
            }
            return anew(e.reason());
        }
        if (captures.find(Keys.CAPTURE).isEmpty()) {
            later.ifPresent(found -> captures.put(
                    Keys.CAPTURE,
                    CaptureProgress.resumeAfter(newest, found, pipeline.clock().instant())));
        }
        return Optional.empty();
    }

    private Optional<String> anew(String reason) {
        if (captures.find(Keys.CAPTURE).isEmpty()) {
            new TableCommands(pipeline).restartCapture();
        }
        return Optional.of(reason);
    }

    private Result restore(Registration copy, Optional<String> broken, long gap) {
        TableRecord record = copy.table();
        TableId table = record.id();
        if (copy.lostAt() != null) {
            pipeline.registry().restoreLoss(table, copy.lostAt());
        }
        if (record.state() == TableState.DROPPED) {
            pipeline.registry().add(record);
            return new Result(table, record.state(), Optional.empty());
        }
        Optional<LakeProgress> progress = progress(record);
        // The commits of an earlier holder must not be newer than those of the next one.
        pipeline.leases()
                .raiseFence(
                        Worker.lease(table), progress.map(LakeProgress::fence).orElse(0L));
        Optional<String> reason =
                broken.or(() -> unlike(record, progress)).or(() -> hole(record, progress.orElseThrow(), gap));
        if (reason.isEmpty()) {
            pipeline.progress().restart(table, progress.orElseThrow());
            pipeline.registry().add(record);
        } else {
            pipeline.registry().add(loadedAgain(record, reason.orElseThrow()));
        }
        return new Result(table, pipeline.registry().load(table).state(), reason);
    }

    private TableRecord loadedAgain(TableRecord record, String reason) {
        Instant now = pipeline.clock().instant();
        TableRecord again = record.reloading("the metadata store was lost, and " + reason, now);
        return record.state() == TableState.PAUSED ? again.in(TableState.PAUSED, now) : again;
    }

    /** Progress of the mirror, if there is one that has the columns which are registered. */
    private Optional<LakeProgress> progress(TableRecord record) {
        Optional<LakeTable> mirror = pipeline.lake().find(record.mirror());
        if (mirror.isEmpty()) {
            return Optional.empty();
        }
        try (LakeTable opened = mirror.orElseThrow()) {
            LakeTableSpec spec = opened.spec();
            boolean isSame = spec.schema().hasSameRowsAs(record.spec().schema()) && spec.hasSameLayoutAs(record.spec());
            return isSame ? Optional.of(opened.progress()) : Optional.empty();
        }
    }

    /** Why the mirror is not the one that the copy tells of. */
    private static Optional<String> unlike(TableRecord record, Optional<LakeProgress> progress) {
        TableState reached = record.state().applies() ? record.state() : record.resumeTo();
        LoadPlan load = record.load();
        if (!reached.applies() || load == null) {
            return Optional.of("its load was not finished");
        }
        if (progress.isEmpty()) {
            return Optional.of("the lake has no mirror of it with the columns that are registered");
        }
        boolean isSame = progress.orElseThrow().loaded()
                && progress.orElseThrow().loadId().equals(load.loadId());
        return isSame ? Optional.empty() : Optional.of("its mirror is of another load than the registered one");
    }

    /** Why the slice log does not go on where the mirror stands. */
    private Optional<String> hole(TableRecord record, LakeProgress progress, long gap) {
        long applied = progress.slice();
        LoadPlan load = record.load();
        if (applied > newest) {
            return Optional.of(
                    "its mirror is ahead of the slice log in the lake (mirror=" + applied + ", newest=" + newest + ")");
        }
        if (applied < newest && pipeline.sliceLog().find(applied + 1).isEmpty()) {
            return Optional.of("the slices after its mirror were pruned (mirror=" + applied + ")");
        }
        boolean isBeforeGap = load != null && load.afterSlice() <= gap;
        return isBeforeGap
                ? Optional.of("changes may be missing behind slice " + gap + ", where capture began anew")
                : Optional.empty();
    }

    private String name() {
        return pipeline.config().pipeline();
    }
}
