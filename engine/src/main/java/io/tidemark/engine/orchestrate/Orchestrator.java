package io.tidemark.engine.orchestrate;

import io.tidemark.engine.capture.CaughtUp;
import io.tidemark.engine.cut.CutLog;
import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.LoadPlan;
import io.tidemark.engine.table.TableProgress;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.work.WorkItem;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceManifest;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares sealed slices with applied ones and writes a work item for every table that is behind; tables for which the new slices hold nothing
 * move on without work. Records cuts and prunes slices that are old and applied everywhere.
 */
public final class Orchestrator {
    public static final String LEASE = "orchestrator";

    private static final Logger LOG = LoggerFactory.getLogger(Orchestrator.class);
    private static final Duration POLL = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration PRUNE = Duration.ofMinutes(1);
    private static final int LOOK_AHEAD = 1_024;

    /** With short slices a table that keeps up is always a slice or two behind. */
    private static final int SLICES_UNDER_WAY = 2;

    private final Pipeline pipeline;
    private final Documents<WorkItem> items;
    private final CutLog cuts;
    private final CatalogEntries entries;
    private final CaughtUp caughtUp;

    /** The slice that holds the last event from before a load ended, by load. */
    private final Map<String, Long> exactAt = new HashMap<>();

    private final Map<TableId, TableRecord> copied = new HashMap<>();
    private Instant lastPrune;

    public Orchestrator(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.items = new Documents<>(pipeline.metastore(), WorkItem.class);
        this.cuts = new CutLog(pipeline.metastore());
        this.entries = new CatalogEntries(pipeline);
        this.caughtUp = new CaughtUp(pipeline);
        this.lastPrune = pipeline.clock().instant();
    }

    /** Dispatches under the lease until told to stop. */
    public void run(Lease lease) throws InterruptedException {
        while (!pipeline.signals().stopping() && lease.isHeld()) {
            long sealed = pipeline.signals().sealed().count();
            boolean settled = round();
            pipeline.roleReports().works(LEASE);
            pipeline.signals().sealed().await(sealed, settled ? POLL : SOON);
        }
    }

    /** One comparison of all tables; returns whether all of them have applied everything that is sealed. */
    private boolean round() {
        Optional<SliceManifest> newest = pipeline.sliceLog().newest();
        List<TableRecord> tables = pipeline.registry().list();
        copyChanged(tables);
        if (newest.isPresent()) {
            // Before anything is dispatched: upkeep after an apply keeps an older version only for a cut that is there.
            cuts.record(pipeline, tables);
        }
        boolean behind = false;
        for (TableRecord table : tables) {
            if (table.state().applies()) {
                behind |= newest.isPresent() && dispatch(table, newest.orElseThrow());
                behind |= !settle(table, newest.map(SliceManifest::sequence).orElse(0L));
            }
        }
        if (behind) {
            pipeline.signals().dispatched().wake();
        }
        entries.keep(tables);
        if (newest.isPresent()) {
            prune(tables);
        }
        return !behind;
    }

    /** Where a copy in the lake was lost or overtaken, it is written again. */
    private void copyChanged(List<TableRecord> tables) {
        for (TableRecord table : tables) {
            if (!table.equals(copied.put(table.id(), table))) {
                pipeline.registry().copy(table);
            }
        }
    }

    /** Live is a table that has applied all sealed slices but those just under way, and all events older than the newest row it was loaded with. */
    private boolean settle(TableRecord table, long newest) {
        if (table.state() != TableState.CATCHING_UP) {
            return true;
        }
        LoadPlan load = table.load();
        OptionalLong captured = capturedLoad(load);
        boolean caughtUp = captured.isPresent()
                && pipeline.progress()
                        .find(table.id(), load)
                        .filter(progress -> progress.slice() >= captured.orElseThrow())
                        .filter(progress -> progress.slice() >= newest - SLICES_UNDER_WAY)
                        .filter(progress -> load == null
                                || !progress.position()
                                        .isBefore(new Position(load.lastCutoff().value() - 1)))
                        .isPresent();
        if (caughtUp) {
            pipeline.registry()
                    .update(
                            table.id(),
                            (current, now) ->
                                    current.state() == TableState.CATCHING_UP && Objects.equals(current.load(), load)
                                            ? current.in(TableState.LIVE, now)
                                            : current);
        }
        return caughtUp;
    }

    /** The slice by which all events from before the last row was read are sealed; empty while they are not. */
    private OptionalLong capturedLoad(@Nullable LoadPlan load) {
        Instant until = load == null ? null : load.readUntil();
        if (load == null || until == null) {
            return OptionalLong.of(0);
        }
        Long known = exactAt.get(load.loadId());
        if (known != null) {
            return OptionalLong.of(known);
        }
        OptionalLong found = caughtUp.slice(until);
        found.ifPresent(slice -> exactAt.put(load.loadId(), slice));
        return found;
    }

    private boolean dispatch(TableRecord table, SliceManifest newest) {
        Optional<TableProgress> progress = pipeline.progress().find(table.id(), table.load());
        if (progress.isEmpty() || progress.orElseThrow().slice() >= newest.sequence()) {
            return false;
        }
        long from = progress.orElseThrow().slice();
        SliceManifest passed = null;
        for (SliceManifest slice : pipeline.sliceLog().after(from, LOOK_AHEAD)) {
            if (!slice.filesOf(table.id()).isEmpty()) {
                break;
            }
            passed = slice;
        }
        if (passed != null) {
            pipeline.progress().passed(table.id(), progress.orElseThrow(), passed.sequence(), passed.through());
            pipeline.signals().applied().wake();
            if (passed.sequence() >= newest.sequence()) {
                return false;
            }
        }
        items.put(Keys.of(Keys.WORK, table.id()), new WorkItem(table.id(), newest.sequence()));
        return true;
    }

    private void prune(List<TableRecord> tables) {
        Instant now = pipeline.clock().instant();
        if (Duration.between(lastPrune, now).compareTo(PRUNE) < 0) {
            return;
        }
        lastPrune = now;
        long newest = pipeline.sliceLog().newest().map(SliceManifest::sequence).orElse(0L);
        long old = old(newest - 1, now.minus(pipeline.config().slices().keep()));
        long needed = old;
        for (TableRecord table : tables) {
            if (table.state().captured()) {
                long committed = committed(table);
                needed = Math.min(needed, committed);
                if (table.state().applies() && committed < old) {
                    // What nothing was in, a mirror says of itself before it goes.
                    items.put(Keys.of(Keys.WORK, table.id()), new WorkItem(table.id(), newest));
                    pipeline.signals().dispatched().wake();
                }
            }
        }
        long pruned = needed > 0 ? pipeline.sliceLog().prune(needed) : 0;
        if (pruned > 0) {
            LOG.info(
                    "slices pruned count={} keep={}",
                    pruned,
                    pipeline.config().slices().keep());
        }
    }

    /** The newest slice that the table does not need any more, as its mirror says: a load that is to come may need any, one that is begun those after its plan. */
    private long committed(TableRecord table) {
        TableState state =
                table.state().applies() || table.state() == TableState.LOADING ? table.state() : table.resumeTo();
        LoadPlan load = table.load();
        if (load == null) {
            return 0;
        }
        return state == TableState.LOADING
                ? load.afterSlice()
                : pipeline.progress()
                        .find(table.id(), load)
                        .map(TableProgress::committedSlice)
                        .orElse(0L);
    }

    /** The newest slice that is old, up to one. Slices end in order. */
    private long old(long through, Instant oldest) {
        long last = 0;
        for (SliceManifest slice : pipeline.sliceLog().after(0, LOOK_AHEAD)) {
            if (slice.sequence() > through || slice.end().isAfter(oldest)) {
                break;
            }
            last = slice.sequence();
        }
        return last;
    }
}
