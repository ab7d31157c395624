package io.tidemark.engine.machine;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.function.LongSupplier;

/**
 * The time of day as far as it does not go back. When the machine's clock is set back, this one goes on from where it was, a little slower, until the
 * other one has come up: what is to happen in ten seconds does not wait for an hour.
 */
public final class SteadyClock extends Clock {
    private static final double PACE = 0.8;

    private final Clock machine;
    private final LongSupplier nanoTime;
    private Instant last;
    private long lastNanos;

    /** @param nanoTime nanoseconds that never go back */
    public SteadyClock(Clock machine, LongSupplier nanoTime) {
        this.machine = machine;
        this.nanoTime = nanoTime;
        this.last = machine.instant();
        this.lastNanos = nanoTime.getAsLong();
    }

    @Override
    public synchronized Instant instant() {
        long nanos = nanoTime.getAsLong();
        Instant slower = last.plus(Duration.ofNanos((long) ((nanos - lastNanos) * PACE)));
        Instant now = machine.instant();
        last = now.isBefore(slower) ? slower : now;
        lastNanos = nanos;
        return last;
    }

    @Override
    public ZoneId getZone() {
        return machine.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return new SteadyClock(machine.withZone(zone), nanoTime);
    }
}
