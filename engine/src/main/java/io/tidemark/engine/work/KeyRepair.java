package io.tidemark.engine.work;

import io.tidemark.engine.job.JobEngine;
import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.mirror.GoneKeys;
import io.tidemark.engine.mirror.MirrorRows;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.source.UndecodableRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
    private final Lease lease;
    private final Optional<JobEngine> engine;

    KeyRepair(Pipeline pipeline, TableRecord record, LakeTable table, Lease lease, Optional<JobEngine> engine) {
        this.pipeline = pipeline;
        this.record = record;
        this.table = table;
        this.lease = lease;
        this.engine = engine;
    }

    /**
     * Carries the repair out.
     *
     * @return keys whose rows cannot be decoded: they are dead letters, and their rows in the mirror stay as they are
     */
    List<List<String>> run(List<List<String>> keys) throws InterruptedException {
        try (SnapshotCut cut = pipeline.openCut(1)) {
            Position before = new Position(cut.cutoff().value() - 1);
            pipeline.askSeal();
            long slice = awaitSealed(before);
            SliceApplier applier = new SliceApplier(pipeline, record, table, lease, engine);
            while (applier.step(slice, before).more()) {
                // Each step is one bounded commit; the last one ends at the cut.
            }
            List<UndecodableRow> undecodable = new ArrayList<>();
            MirrorRows rows = record.mirrorRows();
            cut.readKeys(record.sourceTable(), keys, batch -> rows.fitting(batch, undecodable::add), undecodable::add);
            List<List<String>> left =
                    undecodable.stream().flatMap(row -> row.keys().stream()).toList();
            List<List<String>> healed =
                    keys.stream().filter(key -> !left.contains(key)).toList();
            LakeProgress progress = table.progress();
            try (LakeApply apply = applier.begin(progress)) {
                if (!healed.isEmpty()) {
                    apply.repair(rows.of(GoneKeys.of(record.schema(), healed, cut.cutoff())));
                    cut.readKeys(record.sourceTable(), healed, batch -> apply.repair(rows.of(batch)));
                }
                LakeProgress after = apply.commit(progress).progress();
                pipeline.progress().applied(record.id(), after, 0);
            }
            // Before any later event is applied: until then events that need the row of such a key are left out.
            pipeline.deadLetters().resolveKeys(record.id(), healed, cut.cutoff());
            keepOpen(undecodable);
            return left;
        }
    }

    private void keepOpen(List<UndecodableRow> undecodable) {
        Set<List<String>> open = pipeline.deadLetters().openKeys(record.id());
        for (UndecodableRow row : undecodable) {
            if (!open.containsAll(row.keys())) {
                pipeline.deadLetters().recordLoaded(row);
            }
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
}
