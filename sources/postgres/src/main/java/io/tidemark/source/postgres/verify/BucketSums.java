package io.tidemark.source.postgres.verify;

import io.tidemark.spi.verify.BucketDigest;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Row counts and exact 128-bit sums by bucket. One thread; merged afterwards. */
final class BucketSums {
    private final long[] rows;
    private final long[] highUpper;
    private final long[] highLower;
    private final long[] lowUpper;
    private final long[] lowLower;

    BucketSums(int buckets) {
        rows = new long[buckets];
        highUpper = new long[buckets];
        highLower = new long[buckets];
        lowUpper = new long[buckets];
        lowLower = new long[buckets];
    }

    void add(int bucket, long high, long low) {
        rows[bucket]++;
        add(highUpper, highLower, bucket, high >> 63, high);
        add(lowUpper, lowLower, bucket, low >> 63, low);
    }

    void addAll(BucketSums other) {
        for (int i = 0; i < rows.length; i++) {
            rows[i] += other.rows[i];
            add(highUpper, highLower, i, other.highUpper[i], other.highLower[i]);
            add(lowUpper, lowLower, i, other.lowUpper[i], other.lowLower[i]);
        }
    }

    /** Digests of the buckets that hold a row, ordered by bucket. */
    List<BucketDigest> digests() {
        List<BucketDigest> digests = new ArrayList<>();
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] > 0) {
                digests.add(new BucketDigest(
                        i, rows[i], value(highUpper[i], highLower[i]), value(lowUpper[i], lowLower[i])));
            }
        }
        return digests;
    }

    private static void add(long[] upper, long[] lower, int i, long addedUpper, long addedLower) {
        long sum = lower[i] + addedLower;
        long carry = Long.compareUnsigned(sum, addedLower) < 0 ? 1 : 0;
        lower[i] = sum;
        upper[i] += addedUpper + carry;
    }

    private static BigInteger value(long upper, long lower) {
        return BigInteger.valueOf(upper).shiftLeft(64).add(new BigInteger(Long.toUnsignedString(lower)));
    }
}
