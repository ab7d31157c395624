package io.tidemark.engine.snapshot;

import io.tidemark.engine.capture.RetainedLog;
import io.tidemark.engine.config.ApplyEngine;
import io.tidemark.engine.config.BadValues;
import io.tidemark.engine.config.SnapshotPath;
import io.tidemark.engine.job.LoadJob;
import io.tidemark.engine.job.RemoteJobs;
import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.mirror.MirrorRows;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.LoadPlan;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTable.ChunkWriter;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.SchemaChange;
import io.tidemark.spi.source.SnapshotChunk;
import io.tidemark.spi.source.SnapshotCut;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The load of one table at one cut: several threads read its chunks; the one that ends the last chunk finishes the load. */
final class TableLoad implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TableLoad.class);
    private static final Duration REPORT = Duration.ofSeconds(1);

    private final Pipeline pipeline;
    private final Lease lease;
    private final SnapshotCut cut;
    private final Documents<LoadProgress> reports;
    private final TableRecord record;
    private final LoadPlan plan;
    private final LakeTable table;
    private final Optional<StagedChunks> staged;
    private final MirrorRows mirrorRows;
    private final List<SnapshotChunk> remaining;

    /** An earlier run ended the load in the lake and died before it said so in the registry. */
    private final boolean finished;

    private final AtomicInteger unfinished;

    /** A schema with columns that the registered one lacks; null while no row has any. */
    private final AtomicReference<@Nullable RowSchema> met = new AtomicReference<>();

    private final AtomicLong rows = new AtomicLong();
    private final Instant startedAt;
    private volatile Instant lastReport = Instant.EPOCH;
    private volatile @Nullable TidemarkException failure;
    private volatile String badColumn = "";

    TableLoad(Pipeline pipeline, Lease lease, TableRecord before, SnapshotCut cut, long afterSlice) {
        this.pipeline = pipeline;
        this.lease = lease;
        this.cut = cut;
        this.reports = new Documents<>(pipeline.metastore(), LoadProgress.class);
        this.startedAt = pipeline.clock().instant();
        this.mirrorRows = before.mirrorRows();
        this.table = mirror(before);
        try {
            this.plan = planned(before, afterSlice);
            this.record = pipeline.registry()
                    .update(
                            before.id(),
                            (current, now) -> current.requireUnchanged(before).loading(plan, now));
            LakeProgress progress = table.beginLoad(plan.loadId(), lease.fence());
            this.finished = progress.loaded();
            this.staged = pipeline.config().snapshot(record.id()) == SnapshotPath.STAGED
                    ? Optional.of(new StagedChunks(pipeline, record.id(), plan.loadId()))
                    : Optional.empty();
            staged.ifPresent(StagedChunks::deleteOthers);
            Set<Integer> read = new HashSet<>(progress.chunks());
            staged.ifPresent(chunks -> read.addAll(chunks.whole().keySet()));
            this.remaining = new ArrayList<>();
            for (SnapshotChunk chunk : plan.chunks()) {
                if (!finished && !read.contains(chunk.ordinal())) {
                    remaining.add(chunk);
                }
            }
            this.unfinished = new AtomicInteger(remaining.size());
        } catch (RuntimeException e) {
            table.close();
            throw e;
        }
        LOG.info(
                "load started table={} chunks={} of={} cutoff={}",
                record.id(),
                remaining.size(),
                plan.chunks().size(),
                cut.cutoff());
    }

    TableRecord record() {
        return record;
    }

    /** Whether no other process has gone on with the load since, or begun another. */
    boolean isWanted() {
        return pipeline.registry().load(record.id()).isLoadedBy(plan);
    }

    /** Chunks that are still to be read. */
    List<SnapshotChunk> remaining() {
        return remaining;
    }

    @Nullable
    TidemarkException failure() {
        return failure;
    }

    /** The column with a value that does not fit, when that is the failure and the configuration wants such columns as string. */
    String badColumn() {
        return badColumn;
    }

    /** Reads one chunk, unless the load has failed or is to wait: into the mirror, or into the lake's storage. */
    void load(SnapshotChunk chunk) {
        if (failure != null || pipeline.signals().stopping() || RetainedLog.pausesLoads(pipeline)) {
            return;
        }
        try (ChunkWriter writer =
                staged.map(chunks -> chunks.open(chunk.ordinal())).orElseGet(() -> table.openChunk(chunk.ordinal()))) {
            boolean setsAside = pipeline.config().badValues(record.id()) == BadValues.DEAD_LETTER;
            Consumer<ChangeBatch> rowsOfChunk = batch -> {
                if (isKnown(batch.schema())) {
                    writer.append(mirrorRows.of(
                            setsAside ? mirrorRows.fitting(batch, pipeline.deadLetters()::recordLoaded) : batch));
                }
                rows.addAndGet(batch.size());
                report(false);
                if (pipeline.signals().stopping()) {
                    throw new TidemarkException(
                            ErrorCode.TIMEOUT, "Cannot go on loading " + record.id() + ": stopping");
                }
            };
            switch (pipeline.config().badValues(record.id())) {
                case DEAD_LETTER ->
                    cut.read(chunk, record.sourceTable(), rowsOfChunk, pipeline.deadLetters()::recordLoaded);
                case FAIL -> cut.read(chunk, record.sourceTable(), rowsOfChunk);
                case STRING ->
                    cut.read(chunk, record.sourceTable(), rowsOfChunk, row -> {
                        badColumn = row.column();
                        throw row.reason();
                    });
            }
            writer.commit();
            unfinished.decrementAndGet();
            report(true);
        } catch (TidemarkException e) {
            if (!pipeline.signals().stopping()) {
                failure = e;
            }
        } catch (OutOfMemoryError e) {
            failure = TidemarkException.outOfMemory("load " + record.id(), e);
        } catch (RuntimeException | LinkageError e) {
            failure = TidemarkException.unforeseen("Cannot load " + record.id(), e);
        }
    }

    /** Ends the load if all chunks are read; returns whether it has ended. Staged chunks become the mirror first, which takes as long as the job. */
    boolean finish() throws InterruptedException {
        if (failure == null) {
            failure = furtherColumns();
        }
        if (failure != null || unfinished.get() > 0) {
            return false;
        }
        if (staged.isPresent() && !finished && !loadStaged(staged.orElseThrow())) {
            return false;
        }
        LakeProgress progress = finished ? table.progress() : table.finishLoad(loaded());
        pipeline.lake().publish(record.mirror(), plan.loadId());
        pipeline.progress().restart(record.id(), indexed(progress));
        pipeline.registry()
                .update(
                        record.id(),
                        (current, now) -> current.isLoadedBy(plan)
                                ? current.loaded(pipeline.isPartitioned() ? now : null, now)
                                : current);
        reports.remove(Keys.of(Keys.LOADS, record.id()));
        staged.ifPresent(StagedChunks::deleteAll);
        LOG.info(
                "load finished table={} rows={} seconds={}",
                record.id(),
                rows.get(),
                Duration.between(startedAt, pipeline.clock().instant()).toSeconds());
        return true;
    }

    /**
     * Begins an apply, which builds the index of keys, so that the first changes of a large table need not wait for it. A small one is a single chunk,
     * and there may be thousands of them that never change. What fails here is tried again by the first apply, and told then.
     *
     * @return progress as of now: of rows with a key in common only one is kept, which takes a commit
     */
    private LakeProgress indexed(LakeProgress progress) {
        if (!record.schema().hasKey()
                || plan.chunks().size() == 1
                || pipeline.config().engine(record.id()) == ApplyEngine.SPARK) {
            return progress;
        }
        try (LakeTable mirror = pipeline.lake().find(record.mirror()).orElseThrow()) {
            mirror.beginApply(progress, lease.fence()).close();
            return mirror.progress();
        } catch (TidemarkException e) {
            LOG.info("index of keys is left to the first apply table={} code={}", record.id(), e.code());
            return progress;
        }
    }

    /** A partitioned source knows the columns of a table by having met them: rows with further ones are read once more, when all are known. */
    private boolean isKnown(RowSchema schema) {
        if (schema.hasSameRowsAs(record.schema())) {
            return true;
        }
        met.accumulateAndGet(schema, (known, one) -> known == null ? one : known.plus(one));
        return false;
    }

    private @Nullable TidemarkException furtherColumns() {
        RowSchema wider = met.get();
        if (wider == null) {
            return null;
        }
        pipeline.registry()
                .update(
                        record.id(),
                        (current, now) -> current.withSchema(current.schema().plus(wider)));
        return new TidemarkException(
                ErrorCode.SOURCE_SCHEMA_CHANGED,
                "Cannot finish the load of " + record.id() + ": rows have columns that were not met before (columns="
                        + String.join(
                                ", ",
                                new SchemaChange(record.schema(), wider)
                                        .added().stream().map(Column::name).toList())
                        + ")");
    }

    /** Has a job make the mirror of what is staged; returns whether it did. One that ended before, unheard of, has left its chunks in the mirror. */
    private boolean loadStaged(StagedChunks chunks) throws InterruptedException {
        LoadJob job = new LoadJob(
                record, plan.loadId(), lease.fence(), List.copyOf(chunks.whole().values()));
        LOG.info("load goes on on Spark table={} rows={} bytes={}", record.id(), job.rows(), job.bytes());
        try {
            failure = RemoteJobs.of(pipeline).orElseThrow().run(job, lease).error();
        } catch (TidemarkException e) {
            failure = e;
        }
        int loaded = table.progress().chunks().size();
        if (failure == null && loaded != plan.chunks().size()) {
            failure = new TidemarkException(
                    ErrorCode.ENGINE_FAILED,
                    "Cannot finish the load of " + record.id() + ": the job left chunks out (chunks=" + loaded + ", of="
                            + plan.chunks().size() + ")");
        }
        return failure == null;
    }

    /** Whether the end takes long: a job, or an index of many keys. */
    boolean endsSlowly() {
        return staged.isPresent() || plan.chunks().size() > 1;
    }

    private LakeProgress loaded() {
        return new LakeProgress(
                -1,
                plan.loadId(),
                true,
                table.progress().chunks(),
                new Position(plan.firstCutoff().value() - 1),
                plan.afterSlice(),
                lease.fence(),
                micros(startedAt));
    }

    private static long micros(Instant time) {
        return time.getEpochSecond() * 1_000_000L + time.getNano() / 1_000;
    }

    private LoadPlan planned(TableRecord before, long afterSlice) {
        LoadPlan earlier = before.load();
        if (earlier != null && before.state() == TableState.LOADING && goesOn(earlier, before.schema())) {
            return new LoadPlan(
                    earlier.loadId(),
                    earlier.afterSlice(),
                    earlier.firstCutoff(),
                    Position.max(earlier.lastCutoff(), cut.cutoff()),
                    earlier.chunks(),
                    null);
        }
        HandOff handOff = cut.asOf(before.sourceTable())
                .map(time -> HandOff.asOf(pipeline.sliceLog(), time))
                .orElseGet(() -> new HandOff(afterSlice, cut.cutoff()));
        List<SnapshotChunk> chunks =
                cut.plan(before.sourceTable(), pipeline.config().limits().chunkBytes());
        pipeline.deadLetters().resolveBefore(before.id(), handOff.cutoff());
        return new LoadPlan(
                before.id() + "@" + cut.cutoff().toHex() + "." + lease.fence(),
                handOff.afterSlice(),
                handOff.cutoff(),
                cut.cutoff(),
                chunks,
                null);
    }

    /**
     * Whether chunks read at this cut may join chunks of the earlier one. With a key, the events between the two cuts converge on rows that are
     * there already, but for those that move to another key, which whoever applies them refuses. Without one, a row inserted between them would be in its chunk and be inserted once more: such a table is read whole at one
     * cut, unless nothing is left to read.
     */
    private boolean goesOn(LoadPlan earlier, RowSchema schema) {
        if (schema.hasKey()) {
            return true;
        }
        LakeProgress progress = table.progress();
        return progress.loaded() && progress.loadId().equals(earlier.loadId());
    }

    /** The mirror in the making; or the mirror itself, if an earlier run ended this load and died before it said so. */
    private LakeTable mirror(TableRecord before) {
        LoadPlan earlier = before.load();
        LakeTable found = earlier == null || before.state() != TableState.LOADING
                ? null
                : pipeline.lake().find(before.mirror()).orElse(null);
        if (found != null && earlier != null) {
            LakeProgress progress = found.progress();
            if (progress.loaded() && progress.loadId().equals(earlier.loadId())) {
                return found;
            }
            found.close();
        }
        return pipeline.lake().openLoad(before.spec());
    }

    private void report(boolean always) {
        Instant now = pipeline.clock().instant();
        if (always || Duration.between(lastReport, now).compareTo(REPORT) >= 0) {
            lastReport = now;
            int done = plan.chunks().size() - unfinished.get();
            long estimate = plan.chunks().stream()
                    .mapToLong(SnapshotChunk::estimatedRows)
                    .sum();
            reports.put(
                    Keys.of(Keys.LOADS, record.id()),
                    new LoadProgress(plan.chunks().size(), done, rows.get(), Math.max(-1, estimate), startedAt, now));
        }
    }

    @Override
    public void close() {
        table.close();
        lease.close();
    }
}
