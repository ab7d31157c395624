package io.tidemark.workload.run;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts of latencies in buckets that are at most 1/64 of their value wide, from nanoseconds to years, in 30 KB. Recording is safe from several
 * threads and never waits; a reading while others record may miss the newest ones.
 */
public final class LatencyHistogram {
    private static final int SUB_BITS = 6;
    private static final int SUB_BUCKETS = 1 << SUB_BITS;
    private static final int BUCKETS = (Long.SIZE - SUB_BITS) * SUB_BUCKETS;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);

    public void record(long nanos) {
        counts.incrementAndGet(bucket(Math.max(0, nanos)));
    }

    /** The counts now, for {@link #between}. */
    public long[] snapshot() {
        long[] copy = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            copy[i] = counts.get(i);
        }
        return copy;
    }

    /** The latencies recorded between two snapshots; all zero when none were. */
    public static Latencies between(long[] before, long[] after) {
        long[] counts = new long[BUCKETS];
        long total = 0;
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] = after[i] - before[i];
            total += counts[i];
        }
        return new Latencies(
                quantile(counts, total, 0.5),
                quantile(counts, total, 0.9),
                quantile(counts, total, 0.99),
                quantile(counts, total, 0.999),
                quantile(counts, total, 1));
    }

    public static long[] empty() {
        return new long[BUCKETS];
    }

    private static Duration quantile(long[] counts, long total, double share) {
        long rank = Math.max(1, (long) Math.ceil(total * share));
        long seen = 0;
        for (int i = 0; i < BUCKETS; i++) {
            seen += counts[i];
            if (seen >= rank) {
                return Duration.ofNanos(upperEdge(i));
            }
        }
        return Duration.ZERO;
    }

    /** The first 128 values have buckets of their own; then each power of two is divided into 64. */
    static int bucket(long value) {
        int shift = Math.max(0, Long.SIZE - 1 - SUB_BITS - Long.numberOfLeadingZeros(value | 1));
        return (shift << SUB_BITS) + (int) (value >>> shift);
    }

    /** The largest value of a bucket. */
    static long upperEdge(int bucket) {
        int shift = Math.max(0, (bucket >> SUB_BITS) - 1);
        long sub = bucket - ((long) shift << SUB_BITS);
        return ((sub + 1) << shift) - 1;
    }
}
