package io.tidemark.bench.contest;

/**
 * What a process used for a run.
 *
 * @param process its name, for people
 * @param cpuSeconds user and system time
 * @param peakBytes most memory that it held in the machine's memory; 0 when it was not measured
 */
public record ProcessUse(String process, double cpuSeconds, long peakBytes) {}
