package io.tidemark.workload.run;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One thread of a {@link Run}: takes due transactions and executes them until the pacer ends or a failure stops the run. */
public abstract class RunWriter implements Runnable {
    /** How often a transaction is tried again. */
    protected static final int RETRIES_MAX = 20;

    private static final long RETRY_PAUSE_MICROS = 500;
    private static final int RETRY_DOUBLINGS_MAX = 8;

    private final Run run;
    private @Nullable RuntimeException failure;
    private long endNanos;

    protected RunWriter(Run run) {
        this.run = run;
    }

    @Override
    public final void run() {
        Pacer pacer = run.pacer();
        try {
            for (long number = pacer.take(); number != Pacer.END; number = pacer.take()) {
                long scheduled = pacer.scheduledNanos(number);
                if (perform(number)) {
                    run.latencies().record(System.nanoTime() - scheduled);
                }
            }
        } catch (RuntimeException e) {
            failure = e;
            pacer.stop();
        } finally {
            endNanos = System.nanoTime();
            end();
        }
    }

    /** Executes the transaction of this number, again where that helps; true when it ended as planned. */
    protected abstract boolean perform(long number);

    /** Called once, by the thread, when it ends. */
    protected void end() {
        // Most hold nothing.
    }

    /** Makes a call that does not return fail. */
    public abstract void abort();

    /** Waits a random time, longer with every attempt, so that those that collided do not again. */
    protected static void pauseBeforeRetry(int attempt) {
        long pauseMicros = RETRY_PAUSE_MICROS << Math.min(attempt, RETRY_DOUBLINGS_MAX);
        LockSupport.parkNanos(
                TimeUnit.MICROSECONDS.toNanos(ThreadLocalRandom.current().nextLong(1, pauseMicros)));
    }

    /** When the last transaction ended, as {@link System#nanoTime}; read after the thread's end. */
    final long endNanos() {
        return endNanos;
    }

    /** Why this thread stopped the run; read after its end. */
    final @Nullable RuntimeException failure() {
        return failure;
    }
}
