package io.tidemark.lake.iceberg.maintain;

import io.tidemark.lake.iceberg.commit.TableCommits;
import io.tidemark.lake.iceberg.maintain.Upkeep.Rules;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;

/**
 * Expires old versions and deletes files that only they need. Never the newest ones, those to keep, those a branch or tag of another program
 * names, nor the one that tells the progress. In batches, because each expiry reads the manifests of all versions.
 */
final class Expiry {
    private static final int BATCH_LEAST = 20;

    private final TableCommits commits;
    private final Rules rules;

    Expiry(TableCommits commits, Rules rules) {
        this.commits = commits;
        this.rules = rules;
    }

    Optional<String> step(TableMetadata base, long fence, List<Long> keep) {
        List<Long> expired = expired(base, keep);
        if (expired.size() < BATCH_LEAST) {
            return Optional.empty();
        }
        commits.commitMetadata(base, fence, table -> update(table, expired));
        return Optional.of("expired " + expired.size() + " versions");
    }

    private List<Long> expired(TableMetadata base, List<Long> keep) {
        Set<Long> kept = new HashSet<>(keep);
        base.refs().values().stream().map(SnapshotRef::snapshotId).forEach(kept::add);
        List<Snapshot> newestFirst = new ArrayList<>(base.snapshots());
        newestFirst.sort(Comparator.comparingLong(Snapshot::sequenceNumber).reversed());
        long youngMillis = rules.clock().instant().minus(rules.versionAge()).toEpochMilli();
        List<Long> expired = new ArrayList<>();
        for (int i = rules.versionsKept(); i < newestFirst.size(); i++) {
            Snapshot snapshot = newestFirst.get(i);
            boolean isYoung = snapshot.timestampMillis() > youngMillis && i < rules.versionsMax();
            if (!isYoung && !kept.contains(snapshot.snapshotId())) {
                expired.add(snapshot.snapshotId());
            }
        }
        return expired;
    }

    private static ExpireSnapshots update(Table table, List<Long> expired) {
        // Only the versions named: an age in the past keeps Iceberg from adding those of its own rule.
        ExpireSnapshots expire = table.expireSnapshots().expireOlderThan(0).cleanExpiredFiles(true);
        expired.forEach(expire::expireSnapshotId);
        return expire;
    }
}
