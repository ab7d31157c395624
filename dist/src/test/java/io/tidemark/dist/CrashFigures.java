package io.tidemark.dist;

import io.tidemark.dist.CrashFleet.Ended;
import io.tidemark.dist.CrashPlan.Crash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a crash loop has done so far. */
final class CrashFigures {
    private final Map<String, Integer> failpoints = new TreeMap<>();
    private final Map<String, Integer> missed = new TreeMap<>();
    private final Map<String, Integer> killed = new TreeMap<>();
    private final Map<String, Integer> postponed = new TreeMap<>();
    private int cycles;
    private int databases;
    private int proofs;
    private int cuts;
    private long rows;

    void ended(CrashPlan plan, List<Ended> ended) {
        cycles++;
        databases += plan.database() ? 1 : 0;
        killed(ended);
        if (ended.stream().allMatch(one -> one.failpoint().isEmpty())) {
            plan.crash().ifPresent(crash -> missed.merge(crash.point() + " " + crash.moment(), 1, Integer::sum));
        }
    }

    void killed(List<Ended> ended) {
        for (Ended one : ended) {
            if (one.failpoint().isEmpty()) {
                killed.merge(one.part().toString(), 1, Integer::sum);
            } else {
                failpoints.merge(one.failpoint(), 1, Integer::sum);
            }
        }
    }

    void proven() {
        proofs++;
    }

    /** A proof was not to be had at the moment. */
    void postponed(String reason) {
        postponed.merge(reason.replaceAll("[0-9A-F]{6,}|\\d+", "N"), 1, Integer::sum);
    }

    void compared(int count) {
        rows += count;
    }

    void looked() {
        cuts++;
    }

    /** Those that no process has reached, at the one moment or the other. */
    List<String> neverReached(List<Crash> crashes) {
        return crashes.stream()
                .map(crash -> crash.point() + " " + crash.moment())
                .filter(crash -> !failpoints.containsKey(crash))
                .sorted()
                .toList();
    }

    String text(List<Crash> crashes, SturdyWrites writes, List<String> reloads) {
        List<String> lines = new ArrayList<>();
        lines.add("crash loop: " + cycles + " cycles, " + sum(failpoints) + " processes ended at failpoints, "
                + sum(killed) + " were killed otherwise " + killed + ", the database " + databases + " times");
        lines.add("  failpoints reached: " + failpoints.size() + " of " + crashes.size());
        lines.add("  never reached: " + String.join(", ", neverReached(crashes)));
        lines.add("  not reached when planned: " + missed);
        lines.add("  proofs: " + proofs + ", rows compared one by one: " + rows + ", cuts looked at: " + cuts
                + ", transactions: " + writes.transactions() + " (lost in crashes: " + writes.losses() + ")");
        lines.add("  loads begun anew by themselves: " + reloads);
        lines.add("  proofs postponed: " + postponed);
        return lines.stream().collect(Collectors.joining(System.lineSeparator()));
    }

    private static int sum(Map<String, Integer> counts) {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }
}
