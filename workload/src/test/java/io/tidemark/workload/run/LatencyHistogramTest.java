package io.tidemark.workload.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    @Test
    void putsEachValueIntoABucketNotMuchWiderThanItself() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            long value = random.nextLong() >>> (2 + random.nextInt(61));
            int bucket = LatencyHistogram.bucket(value);
            assertThat(LatencyHistogram.upperEdge(bucket)).isBetween(value, value + value / 64);
            if (bucket > 0) {
                assertThat(LatencyHistogram.upperEdge(bucket - 1)).isLessThan(value);
            }
        }
        assertThat(LatencyHistogram.upperEdge(LatencyHistogram.bucket(Long.MAX_VALUE)))
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void tellsPercentilesOfWhatCameBetweenTwoSnapshots() {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.record(5_000_000_000L);
        long[] before = histogram.snapshot();
        for (int millis = 1; millis <= 1_000; millis++) {
            histogram.record(Duration.ofMillis(millis).toNanos());
        }
        Latencies latencies = LatencyHistogram.between(before, histogram.snapshot());
        assertNear(latencies.p50(), 500);
        assertNear(latencies.p90(), 900);
        assertNear(latencies.p99(), 990);
        assertNear(latencies.p999(), 999);
        assertNear(latencies.max(), 1_000);
    }

    @Test
    void tellsZeroWhenNothingWasRecorded() {
        long[] empty = LatencyHistogram.empty();
        assertThat(LatencyHistogram.between(empty, empty).max()).isZero();
    }

    private static void assertNear(Duration actual, long millis) {
        Duration exact = Duration.ofMillis(millis);
        assertThat(actual).isBetween(exact, exact.plus(exact.dividedBy(50)));
    }
}
