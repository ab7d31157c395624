package io.tidemark.workload.bank;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** The time in microseconds, each value once: create_at is a part of the key. */
final class MicroClock {
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long NANOS_PER_MICRO = 1_000;

    private final Clock clock;
    private final AtomicLong last = new AtomicLong(Long.MIN_VALUE);

    MicroClock(Clock clock) {
        this.clock = clock;
    }

    /** Now, or one microsecond after the last value when that is later. */
    long next() {
        long now = now();
        return last.accumulateAndGet(now, (previous, time) -> Math.max(previous + 1, time));
    }

    /** Now, with no promise to differ. */
    long now() {
        return micros(clock.instant());
    }

    static long micros(Instant instant) {
        return Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), MICROS_PER_SECOND), instant.getNano() / NANOS_PER_MICRO);
    }

    static Instant instant(long epochMicros) {
        return Instant.ofEpochSecond(
                Math.floorDiv(epochMicros, MICROS_PER_SECOND),
                Math.floorMod(epochMicros, MICROS_PER_SECOND) * NANOS_PER_MICRO);
    }
}
