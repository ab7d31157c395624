package io.tidemark.workload.run;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Hands out transactions at their scheduled times. The schedule does not wait for slow transactions: when all threads are late, due ones are
 * handed out at once, still with their scheduled times, so that latencies show the wait.
 */
public final class Pacer {
    /** What {@link #take} returns at the end. */
    public static final long END = -1;

    private static final double NANOS_PER_SECOND = 1e9;

    private final double rate;
    private final long startNanos;
    private final long durationNanos;
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private volatile boolean stopped;

    /** The first transaction is due at {@code startNanos}; rate 0 makes each due when it is taken; a zero duration has no end. */
    public Pacer(double rate, Duration duration, long startNanos) {
        this.rate = rate;
        this.startNanos = startNanos;
        this.durationNanos = duration.isZero() ? Long.MAX_VALUE : duration.toNanos();
    }

    /** Waits until the next transaction is due and returns its number, or {@link #END}. */
    public long take() {
        long number = next.getAndIncrement();
        long due = dueNanos(number);
        while (true) {
            long now = System.nanoTime() - startNanos;
            if (stopped || now >= durationNanos) {
                return END;
            }
            if (now >= due) {
                taken.incrementAndGet();
                return number;
            }
            LockSupport.parkNanos(this, Math.min(due, durationNanos) - now);
        }
    }

    /** The scheduled time of a transaction that was just taken, as {@link System#nanoTime}. */
    public long scheduledNanos(long number) {
        return rate == 0 ? System.nanoTime() : startNanos + dueNanos(number);
    }

    /** Transactions that are due but not taken. */
    public long behind() {
        if (rate == 0) {
            return 0;
        }
        long elapsed = Math.min(System.nanoTime() - startNanos, durationNanos);
        // The transaction due at the very end belongs to the next stretch of time.
        long due = (long) Math.ceil(elapsed / NANOS_PER_SECOND * rate);
        return Math.max(0, due - taken.get());
    }

    /** Makes every take return {@link #END}; threads that wait in one must be woken. */
    public void stop() {
        stopped = true;
    }

    public boolean isStopped() {
        return stopped;
    }

    private long dueNanos(long number) {
        return rate == 0 ? 0 : (long) (number / rate * NANOS_PER_SECOND);
    }
}
