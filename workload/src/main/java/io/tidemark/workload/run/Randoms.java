package io.tidemark.workload.run;

import java.util.SplittableRandom;

/** Independent random streams of one seed: one for each transaction, so that values do not depend on which thread takes it. */
public final class Randoms {
    /** Odd, large and not SplittableRandom's own step, so that neighbouring numbers give unrelated streams. */
    private static final long STREAM_STEP = 0xD1342543DE82EF95L;

    private Randoms() {}

    public static SplittableRandom stream(long seed, long number) {
        return new SplittableRandom(mix(seed) + number * STREAM_STEP);
    }

    /** An index below {@code size}: evenly with skew 0, else nearer to 0 by a power law. */
    public static int index(SplittableRandom random, int size, double skew) {
        if (skew == 0) {
            return random.nextInt(size);
        }
        return Math.min(size - 1, (int) (size * Math.pow(random.nextDouble(), 1 + skew)));
    }

    private static long mix(long seed) {
        long z = (seed ^ (seed >>> 30)) * 0xBF58476D1CE4E5B9L;
        return z ^ (z >>> 27);
    }
}
