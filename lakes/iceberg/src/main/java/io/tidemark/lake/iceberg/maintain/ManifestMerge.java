package io.tidemark.lake.iceberg.maintain;

import io.tidemark.lake.iceberg.commit.ProgressSummary;
import io.tidemark.lake.iceberg.commit.TableCommits;
import io.tidemark.lake.iceberg.maintain.Upkeep.Rules;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileIO;

/** Merges manifests when a commit has to look through too many of them. */
final class ManifestMerge {
    private final TableCommits commits;
    private final Rules rules;

    ManifestMerge(TableCommits commits, Rules rules) {
        this.commits = commits;
        this.rules = rules;
    }

    Optional<String> step(TableMetadata base, long fence) {
        FileIO io = commits.reading(base).io();
        List<ManifestFile> manifests = base.currentSnapshot().dataManifests(io);
        if (manifests.size() <= rules.manifestsMax()) {
            return Optional.empty();
        }
        commits.commit(
                base,
                ProgressSummary.read(base).withFence(fence),
                table -> table.rewriteManifests().clusterBy(file -> ""));
        return Optional.of("merged " + manifests.size() + " manifests");
    }
}
