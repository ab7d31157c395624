package io.tidemark.engine.snapshot;

import io.tidemark.engine.compare.Comparison;
import io.tidemark.engine.compare.KeyDifference;
import io.tidemark.engine.compare.LibraryReading;
import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.mirror.GoneKeys;
import io.tidemark.engine.mirror.MirrorRows;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.LoadPlan;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.source.UndecodableRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The load of a table that has a mirror which only lacks changes: both sides are compared at one cut, the rows that differ are read again, and one
 * commit makes the mirror equal to the source as of the cut. No slice is applied in between, and the events from before the cut never are. Ended
 * half-way it is done once more at another cut.
 */
final class MirrorComparison {
    private static final Logger LOG = LoggerFactory.getLogger(MirrorComparison.class);

    /** More are read faster by a load; and their keys are held in memory. */
    private static final int DIFFERENCES_MAX = 100_000;

    private final Pipeline pipeline;
    private final Lease lease;
    private final SnapshotCut cut;
    private final long afterSlice;

    /** @param afterSlice newest slice sealed before the cut was taken */
    MirrorComparison(Pipeline pipeline, Lease lease, SnapshotCut cut, long afterSlice) {
        this.pipeline = pipeline;
        this.lease = lease;
        this.cut = cut;
        this.afterSlice = afterSlice;
    }

    /** Compares and mends; returns whether the table is as the source at the cut, else it is left to a load. */
    boolean run(TableRecord before) {
        Optional<LakeTable> found = pipeline.lake().find(before.mirror());
        if (found.isEmpty()) {
            return leave(before, "there is no mirror");
        }
        try (LakeTable table = found.orElseThrow()) {
            LakeProgress progress = table.progress();
            Optional<String> obstacle = obstacle(before, table, progress);
            return obstacle.isPresent() ? leave(before, obstacle.orElseThrow()) : run(before, table, progress);
        }
    }

    private Optional<String> obstacle(TableRecord record, LakeTable table, LakeProgress progress) {
        if (!record.schema().hasKey()) {
            return Optional.of("it has no key");
        }
        if (!progress.loaded()) {
            return Optional.of("its mirror was never whole");
        }
        if (!table.spec().schema().hasSameRowsAs(record.spec().schema())) {
            return Optional.of("its columns are others than the mirror's");
        }
        if (!table.spec().hasSameLayoutAs(record.spec())) {
            return Optional.of("its partitions or deletes are others than the mirror's");
        }
        if (record.spec().latestBy() != null) {
            return Optional.of("its mirror keeps the rows with the greatest value of a column");
        }
        return through().isAfter(progress.applied())
                ? Optional.empty()
                : Optional.of("its mirror is from a later position than the source is at");
    }

    private boolean run(TableRecord before, LakeTable table, LakeProgress progress) {
        LoadPlan plan = new LoadPlan(progress.loadId(), afterSlice, cut.cutoff(), cut.cutoff(), List.of(), null);
        TableRecord record = pipeline.registry()
                .update(
                        before.id(),
                        (current, now) -> current.requireUnchanged(before).loading(plan, now));
        LOG.info("comparison started table={} cutoff={}", record.id(), cut.cutoff());
        PinnedTable pinned = table.pin();
        PinnedTable compared = pinned.withFirst(record.schema().columns().size());
        Comparison.Result result = new Comparison(
                        compared.spec().schema(),
                        cut.reading(record.sourceTable()),
                        new LibraryReading(compared.spec().schema(), consumer -> table.readAll(compared, consumer)),
                        pinned.rows(),
                        Comparison.Range.ALL,
                        DIFFERENCES_MAX)
                .run();
        if (result.more()) {
            return leave(record, "more than " + DIFFERENCES_MAX + " rows differ");
        }
        List<List<String>> keys =
                result.differences().stream().map(KeyDifference::keyText).toList();
        Optional<LakeProgress> after = mend(record, table, progress, keys);
        if (after.isEmpty()) {
            return leave(record, "a row that differs holds a value that does not fit");
        }
        pipeline.deadLetters().resolveBefore(record.id(), cut.cutoff());
        pipeline.progress().restart(record.id(), after.orElseThrow());
        pipeline.registry()
                .update(record.id(), (current, now) -> current.isLoadedBy(plan) ? current.loaded(null, now) : current);
        LOG.info(
                "comparison finished table={} rows={} mended={}",
                record.id(),
                result.source().rows(),
                keys.size());
        return true;
    }

    /** One commit, also when no row differs: it says that the mirror is as the source at the cut. Empty when a row cannot be held. */
    private Optional<LakeProgress> mend(
            TableRecord record, LakeTable table, LakeProgress progress, List<List<String>> keys) {
        MirrorRows rows = record.mirrorRows();
        List<UndecodableRow> undecodable = new ArrayList<>();
        try (LakeApply apply = table.beginApplyWithoutIndex(progress, lease.fence())) {
            if (!keys.isEmpty()) {
                apply.repair(rows.of(GoneKeys.of(record.schema(), keys, cut.cutoff())));
                cut.readKeys(
                        record.sourceTable(),
                        keys,
                        batch -> apply.repair(rows.of(rows.fitting(batch, undecodable::add))),
                        undecodable::add);
            }
            return undecodable.isEmpty()
                    ? Optional.of(apply.commit(progress.withApplied(
                                    through(),
                                    afterSlice,
                                    micros(pipeline.clock().instant())))
                            .progress())
                    : Optional.empty();
        }
    }

    private Position through() {
        return new Position(cut.cutoff().value() - 1);
    }

    private boolean leave(TableRecord record, String reason) {
        LOG.info("mirror not kept, the table is loaded again table={} reason={}", record.id(), reason);
        pipeline.registry()
                .update(
                        record.id(),
                        (current, now) -> current.keepsMirror() && isWaited(current)
                                ? current.restarted(current.sourceTable(), now)
                                : current);
        pipeline.signals().tables().wake();
        return false;
    }

    /** A user may have stopped it meanwhile. */
    private static boolean isWaited(TableRecord record) {
        return record.state() == TableState.PENDING || record.state() == TableState.LOADING;
    }

    private static long micros(Instant time) {
        return time.getEpochSecond() * 1_000_000L + time.getNano() / 1_000;
    }
}
