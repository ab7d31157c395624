package io.tidemark.engine.verify;

import io.tidemark.engine.capture.CaptureRole;
import io.tidemark.engine.capture.CaughtUp;
import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.report.RoleReport;
import io.tidemark.engine.table.TableProgress;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.work.Hold;
import io.tidemark.engine.work.Worker;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.RetryRule;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SnapshotCut;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A cut of the source, and mirrors pinned at exactly its position. While the cut is taken the tables' leases are held, so that no worker can be
 * past it; then workers apply up to the position and wait there until the mirror is pinned.
 */
final class AlignedCut implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration FIRST_LEASE_LOOK = Duration.ofMillis(5);
    private static final Duration LONGEST_LEASE_LOOK = Duration.ofMillis(200);

    private final Pipeline pipeline;
    private final Duration timeout;
    private final Documents<Hold> holds;
    private final Set<TableId> held = new HashSet<>();
    private final Map<TableId, PinnedTable> pinned = new HashMap<>();
    private final Map<TableId, TableRecord> records = new HashMap<>();
    private final Map<TableId, TableProof> unaligned = new HashMap<>();
    private final SnapshotCut cut;
    private final Position through;
    private final Instant takenAt;

    private AlignedCut(Pipeline pipeline, List<TableRecord> tables, Duration timeout, VerifyListener listener)
            throws InterruptedException {
        this.pipeline = pipeline;
        this.timeout = timeout;
        this.holds = new Documents<>(pipeline.metastore(), Hold.class);
        List<Lease> leases = new ArrayList<>();
        SnapshotCut taken = null;
        boolean complete = false;
        try {
            if (pipeline.isPartitioned()) {
                listener.step("waiting for capture to read what there is");
                new CaughtUp(pipeline).await(pipeline.clock().instant(), timeout, "verify");
            }
            leases.add(lease(Hold.LEASE));
            removeLeftHolds();
            listener.step("waiting for workers to finish their commit");
            for (TableRecord table : tables) {
                leases.add(lease(Worker.lease(table.id())));
            }
            listener.step("taking a consistent cut of the source");
            taken = openCut();
            this.takenAt = pipeline.clock().instant();
            this.cut = taken;
            this.through = new Position(taken.cutoff().value() - 1);
            for (TableRecord table : tables) {
                holds.put(Keys.of(Keys.HOLDS, table.id()), new Hold(through));
                held.add(table.id());
            }
            leases.subList(1, leases.size()).forEach(Lease::close);
            pipeline.askSeal();
            listener.step("waiting for the mirrors to reach position " + taken.cutoff());
            align(tables);
            complete = true;
        } finally {
            leases.forEach(Lease::close);
            if (!complete) {
                release();
                if (taken != null) {
                    taken.close();
                }
            }
        }
    }

    /** Takes the cut and waits until all mirrors are pinned at it. */
    static AlignedCut take(Pipeline pipeline, List<TableRecord> tables, Duration timeout, VerifyListener listener)
            throws InterruptedException {
        return new AlignedCut(pipeline, tables, timeout, listener);
    }

    SnapshotCut cut() {
        return cut;
    }

    Instant takenAt() {
        return takenAt;
    }

    /** Why a table is at no cut: it was stopped or loaded again while its mirror was waited for. */
    Optional<TableProof> unaligned(TableId table) {
        return Optional.ofNullable(unaligned.get(table));
    }

    PinnedTable pinned(TableId table) {
        PinnedTable found = pinned.get(table);
        if (found == null) {
            throw new IllegalArgumentException("Cannot read a table that was not pinned (table=" + table + ")");
        }
        return found;
    }

    /** The table as it was registered at the cut. */
    TableRecord record(TableId table) {
        return Objects.requireNonNull(records.get(table));
    }

    /** Those of a comparison that died. */
    private void removeLeftHolds() {
        for (Entry left : pipeline.metastore().list(Keys.HOLDS)) {
            pipeline.metastore().delete(left.key(), left.version());
        }
    }

    private void align(List<TableRecord> tables) throws InterruptedException {
        Instant end = takenAt.plus(timeout);
        List<TableRecord> waiting = new ArrayList<>(tables);
        while (!waiting.isEmpty()) {
            long seen = pipeline.signals().applied().count();
            waiting.removeIf(this::pinIfThere);
            if (!waiting.isEmpty()) {
                requireCapture(takenAt);
                if (pipeline.clock().instant().isAfter(end)) {
                    throw late(waiting);
                }
                pipeline.signals().applied().await(seen, LOOK);
            }
        }
    }

    /** After the promotion of a standby, capture finds out first whether the mirrors and the server have a common past. */
    private SnapshotCut openCut() throws InterruptedException {
        Instant began = pipeline.clock().instant();
        while (true) {
            try {
                return pipeline.openCut(pipeline.config().limits().snapshotReaders());
            } catch (TidemarkException e) {
                if (e.code() != ErrorCode.SOURCE_PROMOTED
                        || pipeline.clock().instant().isAfter(began.plus(timeout))) {
                    throw e;
                }
                requireCapture(began);
                Thread.sleep(LOOK.toMillis());
            }
        }
    }

    /** Ends the wait at once when capture has met an error since that will not pass by itself. */
    private void requireCapture(Instant since) {
        RoleReport report = new Documents<>(pipeline.metastore(), RoleReport.class)
                .find(Keys.ROLES + CaptureRole.LEASE)
                .filter(found -> found.at().isAfter(since))
                .orElse(null);
        if (report != null && ErrorCode.valueOf(report.code()).retry() != RetryRule.RETRY) {
            throw new TidemarkException(
                    ErrorCode.valueOf(report.code()),
                    "Cannot verify: capture does not go on: " + report.reason(),
                    report.remedy(),
                    null);
        }
    }

    private boolean pinIfThere(TableRecord record) {
        TableRecord now = pipeline.registry().load(record.id());
        if (!now.state().applies() || !Objects.equals(now.load(), record.load())) {
            TableRecord.Failure failure = now.failure();
            String reason = failure == null ? String.join("; ", now.notices()) : failure.reason();
            unaligned.put(
                    record.id(),
                    TableProof.unproven(
                            record.id(),
                            "it is " + now.state().label() + " now" + (reason.isEmpty() ? "" : ": " + reason),
                            failure == null ? "Wait until 'tidemark status' shows it live." : failure.remedy()));
            release(record.id());
            return true;
        }
        Optional<TableProgress> progress = pipeline.progress().find(record.id(), record.load());
        if (progress.isEmpty() || progress.orElseThrow().position().isBefore(through)) {
            return false;
        }
        if (isReadingAgain(now)) {
            unaligned.put(
                    record.id(),
                    TableProof.unproven(
                            record.id(),
                            "rows that came into its filter without all of their values are being read again",
                            "Verify it again in a moment."));
            release(record.id());
            return true;
        }
        try (LakeTable table = pipeline.lake()
                .find(now.mirror())
                .orElseThrow(() -> new TidemarkException(
                        ErrorCode.LAKE_TABLE_MISSING, "Cannot verify " + record.id() + ": its mirror is gone"))) {
            PinnedTable version = table.pin();
            if (version.progress().applied().isAfter(through)) {
                throw new TidemarkException(
                        ErrorCode.INTERNAL,
                        "Cannot verify " + record.id() + ": its mirror was applied past the cut (applied="
                                + version.progress().applied() + ", cut=" + cut.cutoff() + ")");
            }
            // Read behind the pin and before the table may go on: the schema that the version has.
            TableRecord atCut = pipeline.registry().load(record.id());
            if (!atCut.spec().schema().hasSameRowsAs(version.spec().schema())) {
                throw new TidemarkException(
                        ErrorCode.INTERNAL,
                        "Cannot verify " + record.id() + ": its mirror has other columns than are registered");
            }
            pinned.put(record.id(), version);
            records.put(record.id(), atCut);
        }
        release(record.id());
        return true;
    }

    /** A worker reads them at a later position than this cut's, so it waits until the cut has let the table go. */
    private boolean isReadingAgain(TableRecord record) {
        return !record.scope().rows().isEmpty()
                && pipeline.deadLetters().open(record.id()).stream()
                        .anyMatch(letter -> letter.code().equals(ErrorCode.LAKE_ROW_MISSING.name()));
    }

    private TidemarkException late(List<TableRecord> waiting) {
        String names = String.join(
                ", ", waiting.stream().map(table -> table.id().toString()).toList());
        return new TidemarkException(
                ErrorCode.TIMEOUT,
                "Cannot verify: mirrors did not reach the cut in " + timeout.toSeconds() + " s (tables=" + names
                        + ", position=" + cut.cutoff() + ")",
                "Is the pipeline running and keeping up? See 'tidemark status'; give it more time with --timeout.",
                null);
    }

    private Lease lease(String name) throws InterruptedException {
        long begin = pipeline.machine().nanoTime();
        Duration look = FIRST_LEASE_LOOK;
        while (pipeline.machine().nanoTime() - begin < timeout.toNanos()) {
            Optional<Lease> lease = pipeline.leases().tryAcquire(name);
            if (lease.isPresent()) {
                return lease.orElseThrow();
            }
            pipeline.machine().sleep(look);
            look = look.compareTo(LONGEST_LEASE_LOOK) < 0 ? look.multipliedBy(2) : look;
        }
        throw new TidemarkException(
                ErrorCode.TIMEOUT, "Cannot verify: lease " + name + " was not free in " + timeout.toSeconds() + " s");
    }

    private void release(TableId table) {
        if (held.remove(table)) {
            holds.remove(Keys.of(Keys.HOLDS, table));
            pipeline.signals().dispatched().wake();
        }
    }

    private void release() {
        List.copyOf(held).forEach(this::release);
    }

    @Override
    public void close() {
        release();
        cut.close();
    }
}
