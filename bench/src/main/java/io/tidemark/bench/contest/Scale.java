package io.tidemark.bench.contest;

/** How much work a benchmark does. */
public enum Scale {
    /** That of the targets. */
    FULL,
    /** So little that all benchmarks take a minute or two: whether they work and whether what comes out is right. Its times say nothing. */
    SMOKE;

    public long of(long full, long smoke) {
        return this == FULL ? full : smoke;
    }
}
