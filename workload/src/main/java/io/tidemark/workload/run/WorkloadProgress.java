package io.tidemark.workload.run;

import java.time.Duration;

/**
 * One second of a run.
 *
 * @param elapsed since the start of the run
 * @param transactionsPerSecond achieved since the last report
 * @param latencies of the transactions that ended since the last report
 * @param behind transactions that are due but not started yet; grows when the rate is not reached
 * @param counts since the start of the run
 */
public record WorkloadProgress(
        Duration elapsed, double transactionsPerSecond, Latencies latencies, long behind, WorkloadCounts counts) {}
