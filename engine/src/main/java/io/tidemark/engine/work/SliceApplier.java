package io.tidemark.engine.work;

import io.tidemark.engine.config.BadValues;
import io.tidemark.engine.job.ApplyJob;
import io.tidemark.engine.job.JobEngine;
import io.tidemark.engine.job.JobReport;
import io.tidemark.engine.job.SliceEvents;
import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.LoadPlan;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.SchemaChange;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.source.UndecodableRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Applies the next slices of one table, many at once when it is behind, up to a slice and a position. */
final class SliceApplier {
    private static final int SLICES_MAX = 4_096;

    private final Pipeline pipeline;
    private final TableRecord record;
    private final LakeTable table;
    private final Lease lease;
    private final Optional<JobEngine> engine;

    /** What one step did: whether there may be more, and how many events were added; or the schema that the mirror has to get first. */
    record Step(boolean more, long events, @Nullable RowSchema wanted) {}

    /** @param oldest the first slice that the mirror's commits do not name; null when there is none */
    private record Plan(
            ApplyJob job, boolean more, @Nullable SliceManifest oldest) {}

    /** @param engine what carries out the jobs of the table; empty when its slices are applied here */
    SliceApplier(Pipeline pipeline, TableRecord record, LakeTable table, Lease lease, Optional<JobEngine> engine) {
        this.pipeline = pipeline;
        this.record = record;
        this.table = table;
        this.lease = lease;
        this.engine = engine;
    }

    /** Applies the next slices as one commit. */
    Step step(long throughSlice, Position limit) throws InterruptedException {
        Plan plan = plan(table.progress(), throughSlice, limit);
        ApplyJob job = plan.job();
        if (job.files().isEmpty()) {
            LakeProgress committed = isToBeNoted(plan) ? commitNothing(job) : job.expected();
            pipeline.progress().reached(record.id(), committed, job.slice(), job.through(), 0);
            return new Step(plan.more(), 0, null);
        }
        RowSchema wanted = followed(job.files());
        if (!wanted.hasSameRowsAs(record.schema())) {
            return new Step(true, 0, wanted);
        }
        ParkedKeys parked = new ParkedKeys(pipeline.deadLetters(), record);
        JobReport report = isRemote(job, parked) ? applyElsewhere(job, parked) : applyHere(job, parked);
        TidemarkException error = report.error();
        if (error != null) {
            if (error.code() == ErrorCode.LAKE_ROW_MISSING && setAside(report.missingKeys(), job.through())) {
                return new Step(true, 0, null);
            }
            throw error;
        }
        LakeProgress after = Objects.requireNonNull(report.progress());
        pipeline.progress().applied(record.id(), after, report.events());
        return new Step(plan.more(), report.events(), null);
    }

    /**
     * Whether the mirror is to say itself that slices hold nothing for it: before they are so old that they are pruned, since what it says is all that
     * is left when the metadata store is lost.
     */
    private boolean isToBeNoted(Plan plan) {
        SliceManifest oldest = plan.oldest();
        return oldest != null
                && plan.job().slice() >= oldest.sequence()
                && oldest.end()
                        .isBefore(pipeline.clock()
                                .instant()
                                .minus(pipeline.config().slices().keep()));
    }

    private LakeProgress commitNothing(ApplyJob job) {
        try (LakeApply apply = begin(job.expected())) {
            return apply.commit(job.after()).progress();
        }
    }

    /**
     * A job has no way to note what becomes of keys that were set aside, nor to tell rows that moved between the cuts of a load, and a table without a
     * key is searched row by row: these are done here.
     */
    private boolean isRemote(ApplyJob job, ParkedKeys parked) {
        return engine.isPresent()
                && record.schema().hasKey()
                && parked.isEmpty()
                && !(job.hasKeyChanges() && isUnsettled(job));
    }

    private boolean isUnsettled(ApplyJob job) {
        LoadPlan load = record.load();
        return load != null && load.isUnsettledAfter(job.expected().applied());
    }

    /** A job cannot set aside the rows that it meets and the mirror cannot hold: what it gave up is done here. */
    private JobReport applyElsewhere(ApplyJob job, ParkedKeys parked) throws InterruptedException {
        JobReport report = engine.orElseThrow().run(job, lease);
        TidemarkException error = report.error();
        boolean setsAside = pipeline.config().badValues(record.id()) == BadValues.DEAD_LETTER;
        return error != null && error.code() == ErrorCode.SOURCE_VALUE && setsAside ? applyHere(job, parked) : report;
    }

    /** Starts an apply in this process: for a table whose slices are applied elsewhere without building an index that is of no other use. */
    LakeApply begin(LakeProgress expected) {
        return engine.isPresent()
                ? table.beginApplyWithoutIndex(expected, lease.fence())
                : table.beginApply(expected, lease.fence());
    }

    private JobReport applyHere(ApplyJob job, ParkedKeys parked) {
        SliceEvents reading = job.events();
        EventSieve sieve =
                new EventSieve(pipeline, record, parked, job.expected().applied());
        long events = 0;
        try (LakeApply apply = begin(job.expected())) {
            try {
                for (SliceFile file : job.files()) {
                    events += reading.read(pipeline.sliceLog(), file, sieve::without, apply::add);
                }
                return JobReport.committed(apply.commit(job.after()).progress(), events);
            } catch (TidemarkException e) {
                if (e.code() == ErrorCode.LAKE_ROW_MISSING) {
                    return JobReport.failed(e, apply.missingKeys());
                }
                throw e;
            }
        }
    }

    /**
     * An update that brings a row into the filter of its table need not send the values that it leaves as they are, and the mirror never had them.
     * Its key becomes a dead letter, which {@link Worker} closes by reading the row again. Returns whether that leads on.
     */
    private boolean setAside(List<List<String>> keys, Position through) {
        if (record.scope().rows().isEmpty()) {
            return false;
        }
        Set<List<String>> open = pipeline.deadLetters().openKeys(record.id());
        boolean isNew = false;
        for (List<String> key : keys) {
            if (!open.contains(key)) {
                isNew = true;
                pipeline.deadLetters()
                        .record(new UndecodableRow(
                                record.id(),
                                Operation.UPDATE,
                                through,
                                0,
                                List.of(key),
                                "",
                                new TidemarkException(
                                        ErrorCode.LAKE_ROW_MISSING,
                                        "Cannot apply an update of " + record.id()
                                                + ": it brought its row into the filter without the values that it left as"
                                                + " they were; the row is read again"),
                                String.join("\n", key).getBytes(StandardCharsets.UTF_8)));
            }
        }
        return isNew;
    }

    /**
     * The schema that the files lead to: their newest version; of a partitioned source all columns of all versions, since one that lacks a column has no
     * values in it. Checks each step on the way, since a later version may hide what cannot be followed from the one before.
     */
    private RowSchema followed(List<SliceFile> files) {
        RowSchema before = record.schema();
        for (int i = 0; i < files.size(); i++) {
            RowSchema after = files.get(i).schema();
            if (!after.hasSameRowsAs(before)) {
                Optional<String> obstacle = new SchemaChange(before, after).obstacle();
                // The mirror may have got a later version than that of the first file, just before a crash.
                boolean isBehind =
                        i == 0 && new SchemaChange(after, before).obstacle().isEmpty();
                if (obstacle.isPresent() && !isBehind) {
                    throw new TidemarkException(
                            ErrorCode.SOURCE_SCHEMA_CHANGED,
                            "Cannot apply slices to " + record.id() + ": " + obstacle.orElseThrow() + " (file="
                                    + files.get(i).path() + ")");
                }
            }
            before = pipeline.isPartitioned() ? before.plus(after) : after;
        }
        return before;
    }

    private Plan plan(LakeProgress before, long throughSlice, Position limit) {
        List<SliceFile> files = new ArrayList<>();
        Position through = before.applied();
        long slice = before.slice();
        long newestMicros = 0;
        long bytes = 0;
        boolean more = false;
        SliceManifest oldest = null;
        for (SliceManifest manifest : pipeline.sliceLog().after(before.slice() - 1, SLICES_MAX)) {
            if (manifest.sequence() == before.slice() && !manifest.through().isAfter(through)) {
                continue;
            }
            // The newest slice may reach further than when it was applied, after the log's index was rebuilt.
            if (manifest.sequence() != slice + 1 && manifest.sequence() != before.slice()) {
                throw new TidemarkException(
                        ErrorCode.SLICE_CORRUPT,
                        "Cannot apply slices to " + record.id() + ": slice " + (slice + 1) + " is missing (applied="
                                + slice + ", next=" + manifest.sequence() + ")",
                        "The slice was pruned or lost; run 'tidemark resync " + record.id() + "'.",
                        null);
            }
            oldest = oldest == null && manifest.sequence() > before.slice() ? manifest : oldest;
            boolean beyond = manifest.through().isAfter(limit);
            if (manifest.sequence() > throughSlice
                    || bytes > pipeline.config().limits().applyBytes()) {
                more = bytes > pipeline.config().limits().applyBytes();
                break;
            }
            for (SliceFile file : manifest.filesOf(record.id())) {
                boolean isNew = file.last().isAfter(before.applied()) && limit.isAfter(before.applied());
                if (isNew && !file.first().isAfter(limit)) {
                    files.add(file);
                    bytes += file.bytes();
                    newestMicros = Math.max(newestMicros, file.newestCommitMicros());
                }
            }
            if (beyond) {
                return new Plan(job(before, files, Position.max(through, limit), slice, newestMicros), false, oldest);
            }
            slice = manifest.sequence();
            through = Position.max(through, manifest.through());
        }
        return new Plan(job(before, files, through, slice, newestMicros), more, oldest);
    }

    private ApplyJob job(LakeProgress before, List<SliceFile> files, Position through, long slice, long newestMicros) {
        return new ApplyJob(record, before, lease.fence(), files, through, slice, newestMicros);
    }
}
