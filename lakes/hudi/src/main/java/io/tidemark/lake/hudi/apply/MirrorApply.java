package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.commit.OpenCommit;
import io.tidemark.lake.hudi.commit.TableCommits;
import io.tidemark.lake.hudi.commit.TableCommits.Kind;
import io.tidemark.lake.hudi.commit.TableCommits.Written;
import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTableSpec;
import java.util.List;
import java.util.function.IntPredicate;
import org.apache.hudi.common.model.FileSlice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What upserts of tables with and without a key have in common: which events count, and the one commit. */
abstract class MirrorApply implements LakeApply {
    private static final Logger LOG = LoggerFactory.getLogger(MirrorApply.class);

    private final TableCommits commits;
    private final LakeProgress expected;
    private final long fence;
    private final WriteOptions options;
    private final Runnable onEnd;
    private boolean isCleared;
    private boolean isEnded;

    /** Row versions written and taken away, counted by {@link #write}. */
    private long upserted;

    private long deleted;

    MirrorApply(TableCommits commits, LakeProgress expected, long fence, WriteOptions options, Runnable onEnd) {
        this.commits = commits;
        this.expected = expected;
        this.fence = fence;
        this.options = options;
        this.onEnd = onEnd;
    }

    final TableCommits commits() {
        return commits;
    }

    final WriteOptions options() {
        return options;
    }

    final LakeTableSpec spec() {
        return commits.stored().spec();
    }

    /** Takes one event; truncates come to {@link #truncate}. */
    abstract void take(ChangeBatch batch, int row);

    /** Everything before is gone. */
    abstract void truncate();

    /** Whether an UPDATE has to follow. */
    abstract boolean isInsidePair();

    /**
     * Writes what the events came to.
     *
     * @param live what the commit leaves of what the table held
     */
    abstract Written write(OpenCommit open, List<FileSlice> live);

    /** Frees what is held. */
    abstract void release();

    final void countUpserted() {
        upserted++;
    }

    final void countDeleted() {
        deleted++;
    }

    @Override
    public final void add(ChangeBatch batch) {
        long applied = expected.applied().value();
        long[] positions = batch.positions();
        add(batch, row -> Long.compareUnsigned(positions[row], applied) > 0);
    }

    @Override
    public final void repair(ChangeBatch rows) {
        add(rows, row -> true);
    }

    @Override
    public final ApplyResult commit(LakeProgress progress) {
        requireOpen();
        if (isInsidePair()) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_PROTOCOL,
                    "Cannot apply events of " + spec().schema().table() + ": a BEFORE event has no UPDATE after it");
        }
        isEnded = true;
        try {
            LakeProgress committed = commits.commit(
                    isCleared ? Kind.REPLACE : Kind.CHANGE,
                    commits.stored(),
                    current -> next(current, progress),
                    this::write);
            return new ApplyResult(afterwards(committed), upserted, deleted);
        } finally {
            end();
        }
    }

    @Override
    public final void close() {
        if (!isEnded) {
            isEnded = true;
            end();
        }
    }

    private void end() {
        try {
            release();
        } finally {
            onEnd.run();
        }
    }

    /** The commit stands, whatever becomes of the upkeep after it. */
    private LakeProgress afterwards(LakeProgress committed) {
        if (!options.isInlineCompaction()) {
            return committed;
        }
        try {
            boolean isMerged = new Upkeep(commits, options).mergeLogs().isPresent();
            return isMerged ? commits.versions().progress(commits.versions().refresh()) : committed;
        } catch (RuntimeException e) {
            LOG.warn(
                    "Left log files to be merged later table={}",
                    spec().schema().table(),
                    e);
            return committed;
        }
    }

    private LakeProgress next(LakeProgress current, LakeProgress progress) {
        commits.requireFence(current, fence);
        commits.requireProgress(current, expected);
        return new LakeProgress(
                -1,
                expected.loadId(),
                expected.loaded(),
                expected.chunks(),
                progress.applied(),
                progress.slice(),
                fence,
                progress.newestCommitMicros());
    }

    private Written write(OpenCommit open) {
        if (!isCleared) {
            return write(open, open.files().slices());
        }
        return write(open, List.of()).inPlaceOf(open.files().slices());
    }

    private void add(ChangeBatch batch, IntPredicate counts) {
        requireOpen();
        if (!batch.schema().hasSameRowsAs(spec().schema())) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot apply events to " + spec().schema().table()
                            + ": their columns or key are not the mirror's");
        }
        for (int row = 0; row < batch.size(); row++) {
            if (!counts.test(row)) {
                continue;
            }
            if (batch.operationCodes()[row] == Operation.TRUNCATE.code()) {
                truncate();
                isCleared = true;
                upserted = 0;
                deleted = 0;
            } else {
                take(batch, row);
            }
        }
    }

    private void requireOpen() {
        if (isEnded) {
            throw new IllegalStateException("Cannot add to an apply that has ended");
        }
    }
}
