package io.tidemark.engine.snapshot;

import io.tidemark.engine.capture.LogReach;
import io.tidemark.engine.capture.RetainedLog;
import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.report.RoleReports;
import io.tidemark.engine.table.SchemaPolicy;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.work.Worker;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.RetryRule;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.source.PartitionedSource;
import io.tidemark.spi.source.SnapshotChunk;
import io.tidemark.spi.source.SnapshotCut;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads pending tables, all that wait at one cut, with several readers. Capture goes on meanwhile. An interrupted load of a table with a key goes
 * on at a later cut with the chunks that are left; the table then turns live only after the events up to that cut are applied. A table without a
 * key begins anew.
 */
public final class SnapshotRole {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotRole.class);
    private static final String ROLE = "snapshot";
    private static final Duration POLL = Duration.ofSeconds(10);
    private static final Duration LEASE_POLL = Duration.ofMillis(500);

    private final Pipeline pipeline;
    private final LogReach reach;
    private boolean isWaitingForLog;

    public SnapshotRole(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.reach = new LogReach(pipeline);
    }

    /** Loads until told to stop, or until an error that the caller answers by calling again. */
    public void run() throws InterruptedException {
        while (!pipeline.signals().stopping()) {
            long seen = pipeline.signals().tables().count();
            boolean left = round();
            pipeline.roleReports().works(ROLE);
            pipeline.signals().tables().await(seen, left ? LEASE_POLL : POLL);
        }
    }

    /** Loads what waits; returns whether some tables could not be taken or finished now. */
    private boolean round() throws InterruptedException {
        if (waitsForLog()) {
            return true;
        }
        List<TableRecord> waiting = pipeline.registry().list().stream()
                .filter(TableRecord::published)
                .filter(table -> table.state() == TableState.PENDING || table.state() == TableState.LOADING)
                .filter(this::isReadable)
                .toList();
        List<Lease> leases = new ArrayList<>();
        List<TableRecord> taken = new ArrayList<>();
        try {
            for (TableRecord table : waiting) {
                Optional<Lease> lease = pipeline.leases().tryAcquire(Worker.lease(table.id()));
                if (lease.isPresent()) {
                    leases.add(lease.orElseThrow());
                    taken.add(table);
                }
            }
            boolean isLeft = taken.size() < waiting.size();
            if (!taken.isEmpty()) {
                isLeft |= !loadAll(taken, leases);
            }
            return isLeft;
        } finally {
            leases.forEach(Lease::close);
        }
    }

    private boolean waitsForLog() {
        boolean waits = RetainedLog.pausesLoads(pipeline);
        if (waits != isWaitingForLog) {
            isWaitingForLog = waits;
            LOG.info(waits ? "loads wait, the source keeps too much log" : "loads go on");
        }
        return waits;
    }

    /** Whether the source has what is to be loaded. What it gets ready first is asked for again at a later round, and holds no other table up. */
    private boolean isReadable(TableRecord table) {
        if (table.state() == TableState.LOADING || !(pipeline.source() instanceof PartitionedSource source)) {
            return true;
        }
        try {
            Optional<Instant> from = reach.from(table.id());
            return from.isPresent()
                    && source.isReadable(
                            table.sourceTable(),
                            table.since().toString(),
                            from.orElseThrow().plus(HandOff.CLOCKS));
        } catch (TidemarkException e) {
            if (e.code().retry() == RetryRule.RETRY) {
                LOG.warn("load waits table={} code={} reason={}", table.id(), e.code(), e.reason());
                pipeline.roleReports().failed(RoleReports.load(table.id()), e);
            } else {
                giveUp(table.id(), e);
            }
            return false;
        }
    }

    /** Returns whether no table has to be tried again. */
    private boolean loadAll(List<TableRecord> tables, List<Lease> leases) throws InterruptedException {
        long afterSlice =
                pipeline.sliceLog().newest().map(SliceManifest::sequence).orElse(0L);
        int readers = pipeline.config().limits().snapshotReaders();
        List<TableLoad> loads = new ArrayList<>();
        boolean isSettled = true;
        try {
            try (SnapshotCut cut = pipeline.openCut(readers)) {
                for (int i = 0; i < tables.size(); i++) {
                    if (!tables.get(i).keepsMirror()) {
                        open(tables.get(i), leases.get(i), cut, afterSlice).ifPresent(loads::add);
                    }
                }
                List<Thread> reading = startReaders(loads, readers);
                for (int i = 0; i < tables.size(); i++) {
                    if (tables.get(i).keepsMirror()) {
                        isSettled &=
                                compare(tables.get(i), new MirrorComparison(pipeline, leases.get(i), cut, afterSlice));
                    }
                }
                for (Thread thread : reading) {
                    pipeline.machine().join(thread);
                }
            }
            // The source is let go; those that end slowly come last.
            loads.sort(Comparator.comparing(TableLoad::endsSlowly));
            while (!loads.isEmpty()) {
                try (TableLoad load = loads.remove(0)) {
                    isSettled &= settle(load);
                }
            }
        } finally {
            loads.forEach(TableLoad::close);
        }
        // A slice past the cut lets tables turn live even when nobody writes.
        pipeline.askSeal();
        pipeline.signals().sealed().wake();
        return isSettled;
    }

    /** Several threads take chunk after chunk, those of one table after those of another. */
    private List<Thread> startReaders(List<TableLoad> loads, int readers) {
        Queue<Runnable> chunks = new ConcurrentLinkedQueue<>();
        for (TableLoad load : loads) {
            for (SnapshotChunk chunk : load.remaining()) {
                chunks.add(() -> load.load(chunk));
            }
        }
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Math.min(readers, chunks.size()); i++) {
            threads.add(pipeline.machine().start("snapshot-reader", () -> {
                for (Runnable chunk = chunks.poll(); chunk != null; chunk = chunks.poll()) {
                    chunk.run();
                }
            }));
        }
        return threads;
    }

    /** Returns whether the comparison has ended, and the table is not to be loaded instead. */
    private boolean compare(TableRecord table, MirrorComparison comparison) {
        if (pipeline.signals().stopping() || RetainedLog.pausesLoads(pipeline)) {
            return false;
        }
        try {
            boolean isDone = comparison.run(table);
            pipeline.roleReports().works(RoleReports.load(table.id()));
            return isDone;
        } catch (TidemarkException e) {
            if (e.code().retry() == RetryRule.RETRY) {
                LOG.warn("comparison will be done again table={} code={} reason={}", table.id(), e.code(), e.reason());
                pipeline.roleReports().failed(RoleReports.load(table.id()), e);
                return false;
            }
            giveUp(table.id(), e);
            return true;
        } catch (OutOfMemoryError e) {
            LOG.warn("comparison will be done again", TidemarkException.outOfMemory("compare " + table.id(), e));
            return false;
        }
    }

    private Optional<TableLoad> open(TableRecord table, Lease lease, SnapshotCut cut, long afterSlice) {
        try {
            return Optional.of(new TableLoad(pipeline, lease, table, cut, afterSlice));
        } catch (TidemarkException e) {
            if (e.code().retry() == RetryRule.RETRY) {
                throw e;
            }
            giveUp(table.id(), e);
            return Optional.empty();
        }
    }

    /** Returns whether the load has ended, well or not. */
    private boolean settle(TableLoad load) throws InterruptedException {
        if (load.finish()) {
            pipeline.roleReports().works(RoleReports.load(load.record().id()));
            return true;
        }
        TidemarkException failure = load.failure();
        if (failure == null) {
            return false;
        }
        if (failure.code().retry() == RetryRule.RETRY) {
            LOG.warn(
                    "load will go on table={} code={} reason={}", load.record().id(), failure.code(), failure.reason());
            pipeline.roleReports().failed(RoleReports.load(load.record().id()), failure);
            return false;
        }
        if (!load.isWanted()) {
            LOG.warn("load was taken over table={} code={}", load.record().id(), failure.code());
        } else if (!load.badColumn().isEmpty() && failure.code() == ErrorCode.SOURCE_VALUE) {
            pipeline.wanted().carryAsString(pipeline.registry(), load.record().id(), load.badColumn(), failure);
        } else {
            giveUp(load.record().id(), failure);
        }
        return true;
    }

    /** A table whose columns are no longer those that were registered is enrolled anew. */
    private void giveUp(TableId table, TidemarkException error) {
        pipeline.roleReports().works(RoleReports.load(table));
        if (error.code() == ErrorCode.SOURCE_SCHEMA_CHANGED
                && SchemaPolicy.follows(pipeline.config().tables(), table)) {
            pipeline.registry().reload(table, error.reason());
        } else {
            pipeline.registry().fail(table, error);
        }
    }
}
