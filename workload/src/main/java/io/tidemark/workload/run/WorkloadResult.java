package io.tidemark.workload.run;

import java.time.Duration;

/**
 * A run that has ended.
 *
 * @param elapsed from the start of the schedule to the end of the last transaction or of the duration, whichever is later
 * @param counts of the whole run
 * @param latencies of all transactions that ended as planned
 * @param behind transactions that were due but not started when the run ended
 */
public record WorkloadResult(Duration elapsed, WorkloadCounts counts, Latencies latencies, long behind) {
    /** Transactions per second that ended as planned. */
    public double transactionsPerSecond() {
        return counts.transactions() / Math.max(1e-9, elapsed.toNanos() / 1e9);
    }
}
