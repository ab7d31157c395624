package io.tidemark.workload.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PacerTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void handsOutDueTransactionsAtOnceWithTheirScheduledTimes() {
        long start = System.nanoTime() - 10 * SECOND;
        Pacer pacer = new Pacer(4, Duration.ZERO, start);
        for (long number = 0; number < 40; number++) {
            assertThat(pacer.take()).isEqualTo(number);
            assertThat(pacer.scheduledNanos(number)).isEqualTo(start + number * SECOND / 4);
        }
    }

    @Test
    void neverHandsOutATransactionBeforeItIsDue() {
        Pacer pacer = new Pacer(200, Duration.ZERO, System.nanoTime());
        for (int i = 0; i < 20; i++) {
            long number = pacer.take();
            assertThat(System.nanoTime() - pacer.scheduledNanos(number)).isNotNegative();
        }
    }

    @Test
    void endsWithTheDurationAndCountsWhatWasDueButNotTaken() {
        Pacer pacer = new Pacer(10, Duration.ofSeconds(3), System.nanoTime() - 4 * SECOND);
        assertThat(pacer.take()).isEqualTo(Pacer.END);
        assertThat(pacer.behind()).isEqualTo(30);
        Pacer brief = new Pacer(1_000, Duration.ofMillis(100), System.nanoTime());
        long taken = 0;
        while (brief.take() != Pacer.END) {
            taken++;
        }
        assertThat(taken + brief.behind()).isEqualTo(100);
    }

    @Test
    void endsWhenStopped() {
        Pacer pacer = new Pacer(0, Duration.ZERO, System.nanoTime());
        assertThat(pacer.take()).isZero();
        assertThat(pacer.take()).isOne();
        pacer.stop();
        assertThat(pacer.take()).isEqualTo(Pacer.END);
        assertThat(pacer.behind()).isZero();
    }
}
