package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.commit.OpenCommit;
import io.tidemark.lake.hudi.commit.TableCommits;
import io.tidemark.lake.hudi.commit.TableCommits.Kind;
import io.tidemark.lake.hudi.commit.TableCommits.Written;
import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.spi.lake.LakeApply.ApplyResult;
import io.tidemark.spi.lake.LakeProgress;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.hudi.common.model.FileSlice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one commit of an apply.
 *
 * @param expected progress that the apply is computed from
 * @param fence fencing token of who applies
 */
record ApplyCommit(TableCommits commits, LakeProgress expected, long fence, WriteOptions options) {
    private static final Logger LOG = LoggerFactory.getLogger(ApplyCommit.class);

    /**
     * Commits.
     *
     * @param isCleared whether everything is gone that the table held
     * @param progress {@code applied}, {@code slice} and {@code newestCommitMicros} to record
     * @param work writes the files, given what the commit leaves of what the table held
     */
    ApplyResult run(boolean isCleared, LakeProgress progress, BiFunction<OpenCommit, List<FileSlice>, Written> work) {
        Written[] written = {Written.NOTHING};
        LakeProgress committed = commits.commit(
                isCleared ? Kind.REPLACE : Kind.CHANGE, commits.stored(), current -> next(current, progress), open -> {
                    List<FileSlice> held = open.files().slices();
                    written[0] = isCleared ? work.apply(open, List.of()).inPlaceOf(held) : work.apply(open, held);
                    return written[0];
                });
        return new ApplyResult(afterwards(committed), written[0].upserted(), written[0].deleted());
    }

    private LakeProgress next(LakeProgress current, LakeProgress progress) {
        commits.requireFence(current, fence);
        commits.requireProgress(current, expected);
        return expected.withApplied(progress.applied(), progress.slice(), progress.newestCommitMicros())
                .withFence(fence);
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
                    commits.stored().spec().schema().table(),
                    e);
            return committed;
        }
    }
}
