package io.tidemark.bench;

import java.time.Duration;

/** How old the newest transaction is that a mirror shows, at every moment. */
final class Freshness {
    private static final long LOOK_MILLIS = 10;
    private static final long GAP_MICROS_MAX = 10_000_000;

    private final BenchMirror mirror;
    private long seenMicros;

    Freshness(BenchMirror mirror) {
        this.mirror = mirror;
    }

    /**
     * Looks while the writers go on, so long at most. Each millisecond of commit time that a new version shows counts once, with its age at that moment.
     */
    void watch(Thread writers, Duration longest, Histogram ages) throws InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        while (writers.isAlive() && System.nanoTime() < end) {
            long newest = mirror.newestCommitMicros();
            if (newest > seenMicros) {
                add(newest, System.currentTimeMillis(), ages);
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private void add(long newest, long now, Histogram ages) {
        if (seenMicros > 0) {
            for (long micros = Math.max(seenMicros, newest - GAP_MICROS_MAX); micros < newest; micros += 1_000) {
                ages.add(now - micros / 1_000);
            }
        }
        seenMicros = newest;
    }
}
