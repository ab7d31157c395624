package io.tidemark.bench.contest;

import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** All runs of one contender. */
public record Series(String contender, Side side, String unit, List<Measurement> runs) {
    public Series {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("Cannot make a series: " + contender + " was not run");
        }
        runs = List.copyOf(runs);
    }

    /** The first one of a kind. */
    public static Optional<Series> first(List<Series> series, Side side) {
        return series.stream().filter(one -> one.side() == side).findFirst();
    }

    /** The one of a contender. */
    public static Optional<Series> of(List<Series> series, String contender) {
        return series.stream().filter(one -> one.contender().equals(contender)).findFirst();
    }

    public double medianPerSecond() {
        return median(Measurement::perSecond);
    }

    public double leastPerSecond() {
        return runs.stream().mapToDouble(Measurement::perSecond).min().orElseThrow();
    }

    public double mostPerSecond() {
        return runs.stream().mapToDouble(Measurement::perSecond).max().orElseThrow();
    }

    public double medianSeconds() {
        return median(Measurement::seconds);
    }

    /** The median of something that each run says. */
    public double median(ToDoubleFunction<Measurement> value) {
        double[] sorted = runs.stream().mapToDouble(value).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Most memory of one process in any run. */
    public long peakBytes(String process) {
        return runs.stream().mapToLong(run -> run.peakBytes(process)).max().orElse(0);
    }

    /** Names of the processes of the runs, in the order in which they were told. */
    public List<String> processes() {
        return runs.stream()
                .flatMap(run -> run.processes().stream())
                .map(ProcessUse::process)
                .distinct()
                .toList();
    }
}
