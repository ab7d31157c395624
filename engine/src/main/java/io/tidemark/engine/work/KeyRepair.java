package io.tidemark.engine.work;

import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.signal.Marker;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.verify.CanonicalText;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Reads keys afresh from the source and makes the mirror's rows the same. The mirror is first brought to exactly the cut the rows are read at, so
 * that a repair never shows the future.
 */
final class KeyRepair {
    private static final Duration SEAL_WAIT = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(200);

    private final Pipeline pipeline;
    private final TableRecord record;
    private final LakeTable table;
    private final long fence;

    KeyRepair(Pipeline pipeline, TableRecord record, LakeTable table, long fence) {
        this.pipeline = pipeline;
        this.record = record;
        this.table = table;
        this.fence = fence;
    }

    /** Carries the repair out; returns how many rows the source had for the keys. */
    long run(List<List<String>> keys) throws InterruptedException {
        try (SnapshotCut cut =
                pipeline.source().openCut(1, pipeline.config().limits().cutTimeout())) {
            Position before = new Position(cut.cutoff().value() - 1);
            pipeline.source().mark(Marker.SEAL);
            long slice = awaitSealed(before);
            SliceApplier applier = new SliceApplier(pipeline, record, table, fence);
            while (applier.step(slice, before).more()) {
                // Each step is one bounded commit; the last one ends at the cut.
            }
            LakeProgress progress = table.progress();
            long[] rows = new long[1];
            try (LakeApply apply = table.beginApply(progress, fence)) {
                apply.repair(gone(keys, cut.cutoff()));
                cut.readKeys(record.schema(), keys, batch -> {
                    rows[0] += batch.size();
                    apply.repair(batch);
                });
                LakeProgress after = apply.commit(progress).progress();
                pipeline.progress().applied(record.id(), after, 0);
            }
            return rows[0];
        }
    }

    private long awaitSealed(Position through) throws InterruptedException {
        Instant end = pipeline.clock().instant().plus(SEAL_WAIT);
        while (pipeline.clock().instant().isBefore(end)) {
            long seen = pipeline.signals().sealed().count();
            SliceManifest newest = pipeline.sliceLog().newest().orElse(null);
            if (newest != null && !newest.through().isBefore(through)) {
                return newest.sequence();
            }
            pipeline.signals().sealed().await(seen, LOOK);
        }
        throw new TidemarkException(
                ErrorCode.TIMEOUT,
                "Cannot repair " + record.id() + ": no slice was sealed past the cut in " + SEAL_WAIT.toSeconds()
                        + " s",
                "Is capture running? See 'tidemark status'.",
                null);
    }

    /** All keys as deletes first; those that the source has are written again after. */
    private ChangeBatch gone(List<List<String>> keys, Position cutoff) {
        ChangeBatch batch = new ChangeBatch(record.schema(), keys.size());
        int[] places = record.schema().keyIndexes();
        for (List<String> key : keys) {
            batch.beginRow(Operation.DELETE, cutoff.value(), 0, 0, 0);
            for (int i = 0; i < places.length; i++) {
                ColumnVector column = batch.column(places[i]);
                CanonicalText.append(column, key.get(i));
            }
            batch.padRow();
        }
        return batch;
    }
}
