package io.tidemark.bench;

/** How old the newest transaction is that a mirror shows, at every moment. */
final class Freshness {
    private static final long LOOK_MILLIS = 10;
    private static final long GAP_MICROS_MAX = 10_000_000;

    private final BenchMirror mirror;
    private final Histogram ages;
    private long seenMicros;

    Freshness(BenchMirror mirror, Histogram ages) {
        this.mirror = mirror;
        this.ages = ages;
    }

    /** Looks until the writers have ended. Each millisecond of commit time that a new version shows counts once, with its age at that moment. */
    void watch(Thread writers) throws InterruptedException {
        while (writers.isAlive()) {
            long newest = mirror.newestCommitMicros();
            if (newest > seenMicros) {
                add(newest, System.currentTimeMillis());
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private void add(long newest, long now) {
        if (seenMicros > 0) {
            for (long micros = Math.max(seenMicros, newest - GAP_MICROS_MAX); micros < newest; micros += 1_000) {
                ages.add(now - micros / 1_000);
            }
        }
        seenMicros = newest;
    }
}
