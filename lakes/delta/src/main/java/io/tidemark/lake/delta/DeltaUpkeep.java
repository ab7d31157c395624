package io.tidemark.lake.delta;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidemark.lake.delta.log.DeltaFile;
import io.tidemark.lake.delta.log.DeltaLog;
import io.tidemark.lake.delta.log.DeltaVersion;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checkpoints of the log, and the end of versions that nobody needs: their files, then their commits. */
final class DeltaUpkeep {
    private static final Logger LOG = LoggerFactory.getLogger(DeltaUpkeep.class);

    private final DeltaLog log;
    private final Rules rules;

    DeltaUpkeep(DeltaLog log, Rules rules) {
        this.log = log;
        this.rules = rules;
    }

    /** Does one step if one is due. */
    Optional<String> step(DeltaVersion base, List<Long> keep) {
        return checkpoint(base).or(() -> expire(base, keep));
    }

    private Optional<String> checkpoint(DeltaVersion base) {
        long last = log.checkpoints().isEmpty() ? -1 : log.checkpoints().last();
        if (base.number() - last < rules.commitsPerCheckpoint()) {
            return Optional.empty();
        }
        log.checkpoint(base.number());
        return Optional.of("wrote a checkpoint of the log (version " + base.number() + ")");
    }

    /** From the oldest version that is kept on all stay whole; what only those before it need goes. */
    private Optional<String> expire(DeltaVersion base, List<Long> keep) {
        NavigableMap<Long, Long> times = log.commitTimes();
        NavigableSet<Long> commits = times.navigableKeySet();
        long oldest = oldestKept(base, times, keep);
        if (commits.headSet(oldest, false).size() < rules.expiredLeast()) {
            return Optional.empty();
        }
        if (!log.checkpoints().contains(oldest)) {
            log.checkpoint(oldest);
        }
        Optional<DeltaVersion> kept = log.find(oldest);
        if (kept.isEmpty()) {
            return Optional.empty();
        }
        Set<String> needed = new HashSet<>();
        for (DeltaFile file : kept.orElseThrow().files().all()) {
            needed.add(file.path());
            log.vectorPath(file).ifPresent(needed::add);
        }
        for (long number : commits.tailSet(oldest, false)) {
            for (JsonNode action : log.actions(number)) {
                needed.addAll(log.paths(action.path("add")));
            }
        }
        Set<String> superfluous = new TreeSet<>();
        for (long number : commits.headSet(oldest, true)) {
            for (JsonNode action : log.actions(number)) {
                superfluous.addAll(log.paths(action.path("remove")));
            }
        }
        superfluous.removeAll(needed);
        try {
            for (String path : superfluous) {
                log.files().delete(path);
            }
            int expired = 0;
            for (long number : commits.headSet(oldest, false)) {
                log.forget(number);
                expired++;
            }
            log.forgetCheckpoints(oldest);
            return Optional.of("expired " + expired + " versions and " + superfluous.size() + " files");
        } catch (IOException e) {
            LOG.warn("Cannot delete files of expired versions folder={} reason={}", log.folder(), e.getMessage());
            return Optional.empty();
        }
    }

    private long oldestKept(DeltaVersion base, NavigableMap<Long, Long> times, List<Long> keep) {
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
        for (long version : keep) {
            oldest = version >= 0 ? Math.min(oldest, version) : oldest;
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
     */
    record Rules(
            Clock clock,
            int commitsPerCheckpoint,
            int expiredLeast,
            int versionsKept,
            Duration versionAge,
            int versionsMax) {
        static Rules defaults(Clock clock) {
            return new Rules(clock, 20, 20, 50, Duration.ofHours(1), 500);
        }
    }
}
