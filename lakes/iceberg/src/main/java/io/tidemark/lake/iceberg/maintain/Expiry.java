package io.tidemark.lake.iceberg.maintain;

import io.tidemark.lake.iceberg.commit.TableCommits;
import io.tidemark.lake.iceberg.maintain.Upkeep.Rules;
import io.tidemark.lake.iceberg.write.Discards;
import java.io.IOException;
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
import org.apache.iceberg.io.FileIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Expires old versions and deletes files that only they need. Never the newest ones, those to keep, those a branch or tag of another program
 * names, nor the one that tells the progress. In batches, because each expiry is a commit.
 */
final class Expiry {
    private static final Logger LOG = LoggerFactory.getLogger(Expiry.class);
    private static final int BATCH_LEAST = 20;

    /** Their manifests are in memory at the same time. */
    private static final int BATCH_MOST = 500;

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
        expired.subList(0, Math.max(0, expired.size() - BATCH_MOST)).clear();
        FileIO io = commits.reading(base).io();
        Optional<ExpiredFiles> files = ExpiredFiles.of(base, io, expired);
        commits.commitMetadata(base, fence, table -> update(table, expired, files.isEmpty()));
        files.ifPresent(found -> delete(io, found));
        return Optional.of("expired " + expired.size() + " versions");
    }

    /** Newest first. */
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

    private static void delete(FileIO io, ExpiredFiles files) {
        try {
            Discards.delete(io, files.find());
        } catch (IOException | RuntimeException e) {
            // The versions are gone; what is left of them is found as files that no version refers to.
            LOG.warn("Files of expired versions were not deleted reason={}", e.toString());
        }
    }

    /** @param isSearched whether Iceberg is to find the files by itself, and delete them */
    private static ExpireSnapshots update(Table table, List<Long> expired, boolean isSearched) {
        // Only the versions named: an age in the past keeps Iceberg from adding those of its own rule.
        ExpireSnapshots expire = table.expireSnapshots().expireOlderThan(0).cleanExpiredFiles(isSearched);
        expired.forEach(expire::expireSnapshotId);
        return expire;
    }
}
