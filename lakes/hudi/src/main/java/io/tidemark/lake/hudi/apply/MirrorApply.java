package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.commit.OpenCommit;
import io.tidemark.lake.hudi.commit.TableCommits;
import io.tidemark.lake.hudi.commit.TableCommits.Written;
import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTableSpec;
import java.util.List;
import org.apache.hudi.common.model.FileSlice;

/** What upserts of tables with and without a key have in common: events come one after the other, then one commit. */
abstract class MirrorApply implements LakeApply, EventTaker {
    private final TableCommits commits;
    private final WriteOptions options;
    private final ApplyCommit commit;
    private final Intake intake;
    private final Runnable onEnd;
    private boolean isEnded;

    MirrorApply(TableCommits commits, LakeProgress expected, long fence, WriteOptions options, Runnable onEnd) {
        this.commits = commits;
        this.options = options;
        this.commit = new ApplyCommit(commits, expected, fence, options);
        this.intake = new Intake(spec(), expected, this);
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

    /**
     * Writes what the events came to.
     *
     * @param live what the commit leaves of what the table held
     */
    abstract Written write(OpenCommit open, List<FileSlice> live);

    /** Frees what is held. */
    abstract void release();

    @Override
    public final void add(ChangeBatch batch) {
        requireOpen();
        intake.add(batch);
    }

    @Override
    public final void repair(ChangeBatch rows) {
        requireOpen();
        intake.repair(rows);
    }

    @Override
    public final ApplyResult commit(LakeProgress progress) {
        requireOpen();
        intake.requireWhole();
        isEnded = true;
        try {
            return commit.run(intake.isCleared(), progress, this::write);
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

    private void requireOpen() {
        if (isEnded) {
            throw new IllegalStateException("Cannot add to an apply that has ended");
        }
    }
}
