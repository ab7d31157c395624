package io.tidemark.workload.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class StopSignalsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final AtomicInteger told = new AtomicInteger();
    private final StopSignals signals = StopSignals.take(told::incrementAndGet);

    @AfterEach
    void giveBack() {
        signals.close();
    }

    /** TERM and not INT: what a script starts in the background ignores INT, and the JVM keeps to that. */
    @Test
    void aRealSignalStopsTheWaitAndNotTheProcess() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        Thread sender = new Thread(() -> {
            try {
                begun.await();
                new ProcessBuilder(
                                "kill",
                                "-TERM",
                                String.valueOf(ProcessHandle.current().pid()))
                        .start()
                        .waitFor();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        sender.start();
        CountDownLatch ended = new CountDownLatch(1);
        assertThatThrownBy(() -> Task.run(
                        "work",
                        () -> {
                            begun.countDown();
                            try {
                                return new CountDownLatch(1).await(1, TimeUnit.HOURS);
                            } finally {
                                ended.countDown();
                            }
                        },
                        signals,
                        PATIENCE))
                .isInstanceOf(InterruptedException.class);
        assertThat(ended.getCount()).as("the work was interrupted").isZero();
        assertThat(signals.isRequested()).isTrue();
        assertThat(told).hasValue(1);
        sender.join();
    }

    @Test
    void tellsOnceHoweverOftenItIsAsked() {
        signals.raise();
        signals.raise();
        assertThat(told).hasValue(1);
        assertThatThrownBy(signals::check).isInstanceOf(InterruptedException.class);
    }

    @Test
    void theNextSignalCanMeanSomethingElse() throws Exception {
        AtomicInteger other = new AtomicInteger();
        signals.nextRuns(other::incrementAndGet);
        signals.raise();
        signals.check();
        assertThat(other).hasValue(1);
        assertThat(told).hasValue(0);
        signals.raise();
        assertThat(other).hasValue(1);
        assertThat(told).hasValue(1);
    }

    @Test
    void whatTheWorkThrowsReachesTheCaller() {
        assertThatThrownBy(() -> Task.run(
                        "work",
                        () -> {
                            throw new IllegalStateException("broken");
                        },
                        signals,
                        PATIENCE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("broken");
    }
}
