package io.tidemark.workload.command;

import io.tidemark.engine.status.PipelineStatus;
import io.tidemark.spi.error.TidemarkException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Looks at the freshness five times a second, until closed. */
final class FreshnessLog implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(200);

    private final Supplier<PipelineStatus> status;
    private final List<Duration> seen = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = new Thread(this::repeat, "demo-freshness");

    private FreshnessLog(Supplier<PipelineStatus> status) {
        this.status = status;
        thread.setDaemon(true);
    }

    /** Starts looking; the status is asked for by one thread. */
    static FreshnessLog start(Supplier<PipelineStatus> status) {
        FreshnessLog log = new FreshnessLog(status);
        log.thread.start();
        return log;
    }

    /**
     * What was seen.
     *
     * @param looks how often it was looked
     * @param p50 half of the looks saw no older lake
     * @param p99 99 percent saw no older lake
     * @param max the oldest that was seen
     */
    record Summary(int looks, Duration p50, Duration p99, Duration max) {
        static Optional<Summary> of(List<Duration> seen) {
            if (seen.isEmpty()) {
                return Optional.empty();
            }
            List<Duration> sorted = new ArrayList<>(seen);
            sorted.sort(Comparator.naturalOrder());
            return Optional.of(new Summary(
                    sorted.size(), percentile(sorted, 50), percentile(sorted, 99), sorted.get(sorted.size() - 1)));
        }

        private static Duration percentile(List<Duration> sorted, int percent) {
            return sorted.get((int) Math.ceil(sorted.size() * percent / 100.0) - 1);
        }
    }

    Optional<Summary> summary() {
        synchronized (seen) {
            return Summary.of(List.copyOf(seen));
        }
    }

    private void repeat() {
        try {
            do {
                look();
            } while (!closing.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            status.get().freshness().ifPresent(seen::add);
        } catch (TidemarkException e) {
            // A look that fails says nothing of the lake's age; the view shows what is wrong.
            return;
        }
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
