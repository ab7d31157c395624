package io.tidemark.bench.contest;

import java.util.List;

/**
 * One run of a contender.
 *
 * @param amount work done, in the unit of its series: rows, changes, events
 * @param seconds wall time from the start of its process
 */
public record Measurement(long amount, double seconds, List<ProcessUse> processes) {
    public Measurement {
        if (amount <= 0 || !(seconds > 0)) {
            throw new IllegalArgumentException(
                    "Cannot count a run: nothing was done (amount=" + amount + ", seconds=" + seconds + ")");
        }
        processes = List.copyOf(processes);
    }

    public double perSecond() {
        return amount / seconds;
    }

    /** Processor time of one process in this run. */
    public double cpuSeconds(String process) {
        return processes.stream()
                .filter(use -> use.process().equals(process))
                .mapToDouble(ProcessUse::cpuSeconds)
                .sum();
    }

    /** Most memory of one process in this run. */
    public long peakBytes(String process) {
        return processes.stream()
                .filter(use -> use.process().equals(process))
                .mapToLong(ProcessUse::peakBytes)
                .max()
                .orElse(0);
    }
}
