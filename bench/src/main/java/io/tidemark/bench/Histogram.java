package io.tidemark.bench;

import java.util.Arrays;

/** Milliseconds from 0 to a minute; longer ones count as a minute. */
final class Histogram {
    private static final int LONGEST_MILLIS = 60_000;

    private final long[] counts = new long[LONGEST_MILLIS + 1];
    private long total;

    void add(long millis) {
        counts[(int) Math.max(0, Math.min(LONGEST_MILLIS, millis))]++;
        total++;
    }

    void clear() {
        Arrays.fill(counts, 0);
        total = 0;
    }

    long total() {
        return total;
    }

    /** The least value that this share of the values, in percent, does not exceed; -1 without values. */
    long percentile(double percent) {
        long wanted = Math.max(1, (long) Math.ceil(total * percent / 100));
        long seen = 0;
        for (int millis = 0; millis <= LONGEST_MILLIS; millis++) {
            seen += counts[millis];
            if (total > 0 && seen >= wanted) {
                return millis;
            }
        }
        return -1;
    }
}
