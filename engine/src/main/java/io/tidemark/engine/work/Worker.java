package io.tidemark.engine.work;

import io.tidemark.engine.config.ApplyEngine;
import io.tidemark.engine.job.JobEngine;
import io.tidemark.engine.job.RemoteJobs;
import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.report.RoleReports;
import io.tidemark.engine.table.SchemaPolicy;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.RetryRule;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes work items: for each, the table's lease, then its next slices, then the lease is given back. An error of one table never stops the
 * others: those that pass are retried with growing pauses, the others fail the table with their remedy.
 */
public final class Worker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration POLL = Duration.ofSeconds(10);
    private static final Duration HELD_POLL = Duration.ofMillis(250);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Position NO_LIMIT = new Position(-1);

    private final Pipeline pipeline;
    private final OpenTables tables;
    private final Upkeep upkeep;
    private final Documents<WorkItem> items;
    private final Documents<Hold> holds;
    private final Documents<RepairRequest> repairs;
    private final Optional<JobEngine> engine;
    private final Map<TableId, Retry> retries = new HashMap<>();

    private volatile Instant nextLook = Instant.EPOCH;

    private record Retry(Instant notBefore, Duration pause) {}

    public Worker(Pipeline pipeline) {
        this(pipeline, RemoteJobs.of(pipeline));
    }

    /** @param engine what carries out the jobs of tables with {@code engine: spark} */
    public Worker(Pipeline pipeline, JobEngine engine) {
        this(pipeline, Optional.of(engine));
    }

    private Worker(Pipeline pipeline, Optional<JobEngine> engine) {
        this.pipeline = pipeline;
        this.engine = engine;
        this.tables = new OpenTables(pipeline);
        this.upkeep = new Upkeep(pipeline);
        this.items = new Documents<>(pipeline.metastore(), WorkItem.class);
        this.holds = new Documents<>(pipeline.metastore(), Hold.class);
        this.repairs = new Documents<>(pipeline.metastore(), RepairRequest.class);
    }

    /** The name of a table's lease. */
    public static String lease(TableId table) {
        return Keys.of("table/", table);
    }

    /**
     * Works until told to stop; several threads may run it on the same worker.
     *
     * @param role under which errors are reported that are not those of a table
     */
    public void run(String role) throws InterruptedException {
        while (!pipeline.signals().stopping()) {
            long seen = pipeline.signals().dispatched().count();
            boolean left = round();
            pipeline.roleReports().works(role);
            pipeline.signals().dispatched().await(seen, left ? HELD_POLL : POLL);
        }
    }

    /**
     * Brings one table up to a slice, once: for who schedules the work of tables by other means.
     *
     * @throws TidemarkException {@code LEASE_LOST} when another worker has the table; {@code UNKNOWN_TABLE} when there is none of the name, or it is not
     *     loaded; and whatever the apply fails with
     */
    public void apply(TableId table, long throughSlice) throws InterruptedException {
        TableRecord record = pipeline.registry()
                .find(table)
                .filter(found -> found.state().applies())
                .orElseThrow(() -> new TidemarkException(
                        ErrorCode.UNKNOWN_TABLE, "Cannot apply slices to " + table + ": it is not loaded"));
        try (Lease lease = pipeline.leases()
                .tryAcquire(lease(table))
                .orElseThrow(() -> new TidemarkException(
                        ErrorCode.LEASE_LOST, "Cannot apply slices to " + table + ": another worker does"))) {
            apply(record, new WorkItem(table, throughSlice), lease);
        }
    }

    private Optional<JobEngine> engine(TableId table) {
        return pipeline.config().engine(table) == ApplyEngine.SPARK ? engine : Optional.empty();
    }

    /** Takes every item once; returns whether some are left that could not be done now. */
    private boolean round() throws InterruptedException {
        closeDropped();
        boolean left = false;
        for (WorkItem item : items.list(Keys.WORK)) {
            if (pipeline.signals().stopping()) {
                return true;
            }
            left |= !isDue(item.table()) || !work(item);
        }
        return left;
    }

    /** A table that was dropped, maybe by another process, has no work that would tell: what is kept open of it is let go. */
    private void closeDropped() {
        Instant now = pipeline.clock().instant();
        if (now.isBefore(nextLook)) {
            return;
        }
        nextLook = now.plus(POLL);
        tables.closeOthers(pipeline.registry().list().stream()
                .filter(record -> record.state() != TableState.DROPPED)
                .map(TableRecord::id)
                .collect(Collectors.toSet()));
    }

    private boolean work(WorkItem item) throws InterruptedException {
        Optional<Lease> lease = pipeline.leases().tryAcquire(lease(item.table()));
        if (lease.isEmpty()) {
            return false;
        }
        try (Lease held = lease.orElseThrow()) {
            Optional<TableRecord> record = pipeline.registry().find(item.table());
            if (record.isEmpty() || !record.orElseThrow().state().applies()) {
                items.removeIfSame(Keys.of(Keys.WORK, item.table()), item);
                retry(item.table(), null);
                return true;
            }
            return work(record.orElseThrow(), item, held);
        }
    }

    /** What becomes of an error is settled under the lease: the next worker must not meet the same one first. */
    private boolean work(TableRecord record, WorkItem item, Lease held) throws InterruptedException {
        try {
            boolean done = apply(record, item, held);
            if (done) {
                items.removeIfSame(Keys.of(Keys.WORK, item.table()), item);
            }
            retry(item.table(), null);
            return done;
        } catch (TidemarkException e) {
            failed(record, item, e);
            return e.code().retry() != RetryRule.RETRY;
        } catch (OutOfMemoryError e) {
            failed(record, item, TidemarkException.outOfMemory("apply slices to " + item.table(), e));
            return false;
        } catch (RuntimeException e) {
            TidemarkException error = TidemarkException.unforeseen("Cannot apply slices to " + item.table(), e);
            if (error.code() == ErrorCode.INTERNAL) {
                LOG.error("apply failed table={}", item.table(), e);
            }
            failed(record, item, error);
            return error.code().retry() != RetryRule.RETRY;
        }
    }

    private boolean apply(TableRecord registered, WorkItem item, Lease lease) throws InterruptedException {
        TableRecord record = registered;
        LakeTable table = tables.borrow(record);
        boolean trusted = false;
        try {
            Position limit = limit(record.id());
            SliceApplier applier = new SliceApplier(pipeline, record, table, lease, engine(record.id()));
            SliceApplier.Step step;
            do {
                step = applier.step(item.throughSlice(), limit);
                if (step.wanted() != null) {
                    record = evolve(record, table, step.wanted(), lease);
                    tables.discard(record.id());
                    table = tables.borrow(record);
                    applier = new SliceApplier(pipeline, record, table, lease, engine(record.id()));
                }
                if (step.events() > 0) {
                    LOG.debug(
                            "slices applied table={} events={} through_slice={}",
                            record.id(),
                            step.events(),
                            item.throughSlice());
                }
                pipeline.signals().applied().wake();
            } while (step.more() && lease.isHeld() && !pipeline.signals().stopping());
            if (limit.equals(NO_LIMIT)) {
                readMissing(record, table, lease);
            }
            repair(record, table, lease);
            upkeep.after(record.id(), table, lease.fence());
            trusted = true;
            return limit.equals(NO_LIMIT) && !step.more();
        } finally {
            if (trusted) {
                tables.giveBack(record.id());
            } else {
                tables.discard(record.id());
            }
        }
    }

    /** The mirror first: if this ends half-way, the next worker finds it done. */
    private TableRecord evolve(TableRecord record, LakeTable table, RowSchema wanted, Lease lease) {
        if (!follows(record.id())) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_SCHEMA_CHANGED,
                    "Cannot apply slices to " + record.id()
                            + ": its columns changed in the source, and its rule says schema-changes: stop");
        }
        table.evolve(record.shape().schema(wanted), lease.fence());
        LOG.info(
                "schema changed table={} columns={}",
                record.id(),
                wanted.columns().stream().map(Column::name).toList());
        return pipeline.registry().update(record.id(), (current, now) -> current.withSchema(wanted));
    }

    /** A verifier may ask to stop at a position. */
    private Position limit(TableId table) {
        return holds.find(Keys.of(Keys.HOLDS, table))
                .filter(hold -> pipeline.leases().isHeldBySomebody(Hold.LEASE))
                .map(Hold::through)
                .orElse(NO_LIMIT);
    }

    private void repair(TableRecord record, LakeTable table, Lease lease) throws InterruptedException {
        String key = Keys.of(Keys.REPAIRS, record.id());
        Optional<RepairRequest> request = repairs.find(key).filter(found -> !found.done());
        if (request.isPresent()) {
            List<List<String>> keys = request.orElseThrow().keys();
            List<List<String>> left = new KeyRepair(pipeline, record, table, lease, engine(record.id())).run(keys);
            LOG.info("keys repaired table={} keys={} undecodable={}", record.id(), keys.size(), left.size());
            repairs.put(key, request.orElseThrow().carriedOut(left));
        }
    }

    /** Rows that came into the filter without all of their values. */
    private void readMissing(TableRecord record, LakeTable table, Lease lease) throws InterruptedException {
        if (record.scope().rows().isEmpty()) {
            return;
        }
        List<List<String>> keys = pipeline.deadLetters().open(record.id()).stream()
                .filter(letter -> letter.code().equals(ErrorCode.LAKE_ROW_MISSING.name()))
                .flatMap(letter -> letter.keys().stream())
                .distinct()
                .toList();
        if (!keys.isEmpty()) {
            new KeyRepair(pipeline, record, table, lease, engine(record.id())).run(keys);
            LOG.info("rows read that came into the filter table={} keys={}", record.id(), keys.size());
        }
    }

    private void failed(TableRecord record, WorkItem item, TidemarkException error) {
        if (error.code() == ErrorCode.LAKE_ROW_MISSING && mayLackRows(record)) {
            // The row was read nowhere: it moved between the cuts, or came into the filter. Only a load at one cut has
            // it.
            reload(record, item, error);
        } else if (isSchemaChange(error) && follows(item.table())) {
            reload(record, item, error);
        } else if (error.code().retry() == RetryRule.RETRY) {
            LOG.warn(
                    "apply will be tried again table={} code={} reason={}", item.table(), error.code(), error.reason());
            retry(item.table(), error);
        } else {
            pipeline.registry().fail(record, error);
            retry(item.table(), null);
            items.removeIfSame(Keys.of(Keys.WORK, item.table()), item);
        }
    }

    private void reload(TableRecord record, WorkItem item, TidemarkException error) {
        pipeline.registry().reload(record, error.reason());
        retry(item.table(), null);
        items.removeIfSame(Keys.of(Keys.WORK, item.table()), item);
        pipeline.signals().tables().wake();
    }

    private boolean follows(TableId table) {
        return SchemaPolicy.follows(pipeline.config().tables(), table);
    }

    private static boolean isSchemaChange(TidemarkException error) {
        return error.code() == ErrorCode.SOURCE_SCHEMA_CHANGED || error.code() == ErrorCode.LAKE_SCHEMA_MISMATCH;
    }

    private static boolean mayLackRows(TableRecord record) {
        return !record.scope().rows().isEmpty() || record.isLoadedInParts();
    }

    /** @param error null when there is nothing to try again */
    private void retry(TableId table, @org.jspecify.annotations.Nullable TidemarkException error) {
        if (error == null) {
            pipeline.roleReports().works(RoleReports.apply(table));
        } else {
            pipeline.roleReports().failed(RoleReports.apply(table), error);
        }
        synchronized (retries) {
            if (error == null) {
                retries.remove(table);
                return;
            }
            Retry before = retries.get(table);
            Duration pause = before == null ? FIRST_PAUSE : before.pause().multipliedBy(2);
            if (pause.compareTo(LONGEST_PAUSE) > 0) {
                pause = LONGEST_PAUSE;
            }
            retries.put(table, new Retry(pipeline.clock().instant().plus(pause), pause));
        }
    }

    private boolean isDue(TableId table) {
        synchronized (retries) {
            Retry retry = retries.get(table);
            return retry == null || !retry.notBefore().isAfter(pipeline.clock().instant());
        }
    }

    @Override
    public void close() {
        upkeep.close();
        tables.close();
    }
}
