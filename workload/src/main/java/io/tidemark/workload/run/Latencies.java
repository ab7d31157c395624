package io.tidemark.workload.run;

import java.time.Duration;

/**
 * Latency of transactions, each from its scheduled start to its commit, so that waiting behind slow ones counts; within 2 percent.
 *
 * @param p50 half of the transactions were not slower
 * @param p90 90 percent were not slower
 * @param p99 99 percent were not slower
 * @param p999 99.9 percent were not slower
 * @param max the slowest one
 */
public record Latencies(Duration p50, Duration p90, Duration p99, Duration p999, Duration max) {}
