package io.tidemark.lake.delta;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidemark.lake.delta.log.DeltaLog;
import io.tidemark.lake.delta.log.DeltaVersion;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checkpoints of the log, the end of versions that nobody needs (their files, then their commits), and of files that no version ever referred to. */
final class DeltaUpkeep {
    private static final Logger LOG = LoggerFactory.getLogger(DeltaUpkeep.class);

    private final DeltaLog log;
    private final Rules rules;

    DeltaUpkeep(DeltaLog log, Rules rules) {
        this.log = log;
        this.rules = rules;
    }

    /** Does one step if one is due. */
    Optional<String> step(DeltaVersion base, long fence, List<Long> keep) {
        return checkpoint(base, fence).or(() -> expire(base, keep));
    }

    private Optional<String> checkpoint(DeltaVersion base, long fence) {
        NavigableSet<Long> checkpoints = log.checkpoints();
        long last = checkpoints.isEmpty() ? -1 : checkpoints.last();
        if (base.number() - last < rules.commitsPerCheckpoint()) {
            return Optional.empty();
        }
        log.checkpoint(base.number());
        String done = "wrote a checkpoint of the log (version " + base.number() + ")";
        // With the first one of each so many commits, so that nobody has to remember when it was done last.
        boolean isLookDue =
                Math.floorDiv(last, rules.commitsPerLook()) != Math.floorDiv(base.number(), rules.commitsPerLook());
        int deleted = isLookDue ? deleteOrphans(base, fence) : 0;
        return Optional.of(deleted == 0 ? done : done + " and deleted " + deleted + " files that no version refers to");
    }

    private int deleteOrphans(DeltaVersion base, long fence) {
        try {
            return new DeltaOrphans(log).delete(base, fence, rules.orphanAge());
        } catch (IOException e) {
            LOG.warn("Cannot delete files that no version refers to folder={} reason={}", log.folder(), e.getMessage());
            return 0;
        }
    }

    /**
     * The newest versions all stay, of older ones only those to be kept, each with a checkpoint of its own: the log has gaps between them, which no
     * reader of a version that is there looks into.
     */
    private Optional<String> expire(DeltaVersion base, List<Long> keep) {
        NavigableMap<Long, Long> times = log.commitTimes();
        NavigableSet<Long> commits = times.navigableKeySet();
        long oldest = oldestOfAll(base, times);
        NavigableSet<Long> kept = new TreeSet<>(keep);
        kept.retainAll(commits.headSet(oldest, false));
        kept.add(oldest);
        NavigableSet<Long> expired = new TreeSet<>(commits.headSet(oldest, false));
        expired.removeAll(kept);
        if (expired.size() < rules.expiredLeast()) {
            return Optional.empty();
        }
        NavigableSet<Long> checkpoints = log.checkpoints();
        kept.stream().filter(version -> !checkpoints.contains(version)).forEach(log::checkpoint);
        Set<String> superfluous = new TreeSet<>();
        for (long version : kept) {
            superfluous.addAll(superfluous(expired, kept.lower(version), version));
        }
        // Another writer can have put back what was removed.
        superfluous.removeAll(log.paths(base));
        try {
            for (String path : superfluous) {
                log.files().delete(path);
            }
            for (long version : expired) {
                log.forget(version);
            }
            log.forgetCheckpoints(version -> version < oldest && !kept.contains(version));
            return Optional.of("expired " + expired.size() + " versions and " + superfluous.size() + " files");
        } catch (IOException e) {
            LOG.warn("Cannot delete files of expired versions folder={} reason={}", log.folder(), e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Paths that only expired versions between two that are kept need. A file is there from one version to another without a gap, so that no other
     * kept version can need what neither of these two does.
     *
     * @param before the kept version before them; null when all before them expire
     * @param after the kept version after them
     */
    private Set<String> superfluous(NavigableSet<Long> expired, @Nullable Long before, long after) {
        NavigableSet<Long> between = expired.headSet(after, false);
        if (before != null) {
            between = between.tailSet(before, false);
        }
        Set<String> paths = new HashSet<>();
        if (between.isEmpty()) {
            return paths;
        }
        for (long version : between) {
            paths.addAll(removed(version));
            if (!between.contains(version + 1) && version + 1 != after) {
                // Those after it expired while it was kept, and left its files to it.
                log.find(version).map(log::paths).ifPresent(paths::addAll);
            }
        }
        paths.addAll(removed(after));
        for (Long version : Arrays.asList(before, after)) {
            if (version != null) {
                paths.removeAll(log.find(version)
                        .map(log::paths)
                        .orElseThrow(() -> new TidemarkException(
                                ErrorCode.LAKE_FILE_CORRUPT,
                                "Cannot read a version that is kept (version=" + version + ", folder=" + log.folder()
                                        + ")")));
            }
        }
        return paths;
    }

    private Set<String> removed(long version) {
        Set<String> paths = new HashSet<>();
        for (JsonNode action : log.actions(version)) {
            paths.addAll(log.paths(action.path("remove")));
        }
        return paths;
    }

    /** The version from which on all are kept. */
    private long oldestOfAll(DeltaVersion base, NavigableMap<Long, Long> times) {
        long youngMillis = rules.clock().instant().minus(rules.versionAge()).toEpochMilli();
        long oldest = base.number();
        int kept = 0;
        for (Map.Entry<Long, Long> commit : times.descendingMap().entrySet()) {
            boolean isYoung = kept < rules.versionsMax() && commit.getValue() > youngMillis;
            if (kept >= rules.versionsKept() && !isYoung) {
                break;
            }
            oldest = commit.getKey();
            kept++;
        }
        return oldest;
    }

    /**
     * When upkeep is due.
     *
     * @param clock tells the age of versions
     * @param commitsPerCheckpoint commits after which the log gets another checkpoint
     * @param expiredLeast versions that are worth an expiry
     * @param versionsKept newest versions that never expire
     * @param versionAge age below which versions do not expire, while there are fewer than {@code versionsMax}
     * @param versionsMax versions kept whatever their age
     * @param commitsPerLook commits after which files are looked for that no version refers to
     * @param orphanAge age below which such files are left alone
     */
    record Rules(
            Clock clock,
            int commitsPerCheckpoint,
            int expiredLeast,
            int versionsKept,
            Duration versionAge,
            int versionsMax,
            int commitsPerLook,
            Duration orphanAge) {
        static Rules defaults(Clock clock) {
            return new Rules(clock, 20, 20, 50, Duration.ofHours(1), 500, 2_000, Duration.ofDays(7));
        }
    }
}
