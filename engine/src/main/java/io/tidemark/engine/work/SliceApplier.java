package io.tidemark.engine.work;

import io.tidemark.engine.mirror.MirrorRows;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.change.ChangeBatch;
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
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Applies the next slices of one table, many at once when it is behind, up to a slice and a position. */
final class SliceApplier {
    private static final int SLICES_MAX = 4_096;

    private final Pipeline pipeline;
    private final TableRecord record;
    private final LakeTable table;
    private final MirrorRows mirrorRows;
    private final long fence;
    private ParkedKeys parked;

    /** What one step did: whether there may be more, and how many events were added; or the schema that the mirror has to get first. */
    record Step(boolean more, long events, @Nullable RowSchema wanted) {}

    private record Plan(List<SliceFile> files, Position through, long slice, long newestCommitMicros, boolean more) {}

    SliceApplier(Pipeline pipeline, TableRecord record, LakeTable table, long fence) {
        this.pipeline = pipeline;
        this.record = record;
        this.table = table;
        this.mirrorRows = record.mirrorRows();
        this.fence = fence;
        this.parked = ParkedKeys.NONE;
    }

    /** Applies the next slices as one commit. */
    Step step(long throughSlice, Position limit) {
        LakeProgress before = table.progress();
        Plan plan = plan(before, throughSlice, limit);
        if (plan.files().isEmpty()) {
            LakeProgress passed = before.withApplied(plan.through(), plan.slice(), before.newestCommitMicros());
            pipeline.progress().applied(record.id(), passed, 0);
            return new Step(plan.more(), 0, null);
        }
        RowSchema wanted = plan.files().get(plan.files().size() - 1).schema();
        requireFollowable(plan.files());
        if (!wanted.hasSameRowsAs(record.schema())) {
            return new Step(true, 0, wanted);
        }
        long[] events = new long[1];
        parked = new ParkedKeys(pipeline.deadLetters(), record);
        try (LakeApply apply = table.beginApply(before, fence)) {
            try {
                commit(apply, plan, before, events);
            } catch (TidemarkException e) {
                if (e.code() == ErrorCode.LAKE_ROW_MISSING && setAside(apply.missingKeys(), plan.through())) {
                    return new Step(true, 0, null);
                }
                throw e;
            }
        }
        return new Step(plan.more(), events[0], null);
    }

    private void commit(LakeApply apply, Plan plan, LakeProgress before, long[] events) {
        for (SliceFile file : plan.files()) {
            add(apply, file, before.applied(), plan.through(), events);
        }
        long newest = Math.max(plan.newestCommitMicros(), before.newestCommitMicros());
        LakeProgress after = apply.commit(before.withApplied(plan.through(), plan.slice(), newest))
                .progress();
        pipeline.progress().applied(record.id(), after, events[0]);
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

    /** Checks each step on the way, since a later version may hide what cannot be followed from the one before. */
    private void requireFollowable(List<SliceFile> files) {
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
            before = after;
        }
    }

    private Plan plan(LakeProgress before, long throughSlice, Position limit) {
        List<SliceFile> files = new ArrayList<>();
        Position through = before.applied();
        long slice = before.slice();
        long newestMicros = 0;
        long bytes = 0;
        boolean more = false;
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
            boolean beyond = manifest.through().isAfter(limit);
            if (manifest.sequence() > throughSlice
                    || bytes > pipeline.config().limits().applyBytes()) {
                more = bytes > pipeline.config().limits().applyBytes();
                break;
            }
            for (SliceFile file : manifest.filesOf(record.id())) {
                if (file.last().isAfter(before.applied()) && !file.first().isAfter(limit)) {
                    files.add(file);
                    bytes += file.bytes();
                    newestMicros = Math.max(newestMicros, file.newestCommitMicros());
                }
            }
            if (beyond) {
                return new Plan(files, Position.max(through, limit), slice, newestMicros, false);
            }
            slice = manifest.sequence();
            through = Position.max(through, manifest.through());
        }
        return new Plan(files, through, slice, newestMicros, more);
    }

    private void add(LakeApply apply, SliceFile file, Position after, Position through, long[] events) {
        RowProjection projection =
                file.schema().hasSameRowsAs(record.schema()) ? null : new RowProjection(file.schema(), record.schema());
        boolean whole = file.first().isAfter(after) && !file.last().isAfter(through);
        pipeline.sliceLog().read(file, batch -> {
            ChangeBatch wanted = parked.without(whole ? batch : between(batch, after, through));
            events[0] += wanted.size();
            if (!wanted.isEmpty()) {
                apply.add(mirrorRows.of(projection == null ? wanted : projection.apply(wanted)));
            }
        });
    }

    private static ChangeBatch between(ChangeBatch batch, Position after, Position through) {
        ChangeBatch wanted = new ChangeBatch(batch.schema(), batch.size());
        for (int row = 0; row < batch.size(); row++) {
            long position = batch.position(row);
            if (Long.compareUnsigned(position, after.value()) > 0
                    && Long.compareUnsigned(position, through.value()) <= 0) {
                wanted.appendFrom(batch, row);
            }
        }
        return wanted;
    }
}
