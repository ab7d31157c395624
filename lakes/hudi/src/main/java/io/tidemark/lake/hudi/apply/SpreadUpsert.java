package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.apply.SpreadFold.Folded;
import io.tidemark.lake.hudi.apply.SpreadSteps.GroupWritten;
import io.tidemark.lake.hudi.commit.TableCommits;
import io.tidemark.lake.hudi.commit.TableCommits.Written;
import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.lake.hudi.schema.PartitionPaths;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.spi.lake.LakeApply.ApplyResult;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.SpreadApply;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.hudi.client.WriteStatus;

/** Upsert of a table with a key that tasks do, committed here. */
public final class SpreadUpsert implements SpreadApply {
    private final TableCommits commits;
    private final LakeProgress expected;
    private final WriteOptions options;
    private final ApplyCommit commit;
    private final Runnable onEnd;
    private List<List<String>> missingKeys = List.of();

    public SpreadUpsert(TableCommits commits, LakeProgress expected, long fence, WriteOptions options, Runnable onEnd) {
        this.commits = commits;
        this.expected = expected;
        this.options = options;
        this.commit = new ApplyCommit(commits, expected, fence, options);
        this.onEnd = onEnd;
    }

    @Override
    public Fold fold() {
        return new SpreadFold(stored(), options, expected);
    }

    @Override
    public ApplyResult commit(
            LakeProgress progress, List<Serializable> folds, Function<Steps, List<Serializable>> tasks) {
        SpreadKeys keys = new SpreadKeys(
                folds.stream().map(Folded.class::cast).toList(),
                new PartitionPaths(stored()).isOfKey(),
                options.fileBytes());
        return commit.run(
                keys.isCleared(),
                progress,
                (open, live) -> keys.isEmpty()
                        ? Written.NOTHING
                        : written(tasks.apply(new SpreadSteps(commits.pending(open, live), keys))));
    }

    private Written written(List<Serializable> groups) {
        MissingKeys missing = new MissingKeys();
        List<WriteStatus> statuses = new ArrayList<>();
        for (Serializable group : groups) {
            GroupWritten written = (GroupWritten) group;
            missing.addAll(written.missing());
            statuses.addAll(written.statuses());
        }
        missingKeys = missing.named();
        missing.requireNone(stored().spec().schema().table());
        return new Written(statuses, Map.of());
    }

    private StoredSpec stored() {
        return commits.stored();
    }

    @Override
    public List<List<String>> missingKeys() {
        return missingKeys;
    }

    @Override
    public void close() {
        onEnd.run();
    }
}
