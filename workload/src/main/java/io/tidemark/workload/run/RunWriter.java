package io.tidemark.workload.run;

import org.jspecify.annotations.Nullable;

/** One thread of a {@link Run}: takes due transactions and executes them until the pacer ends or a failure stops the run. */
public interface RunWriter extends Runnable {
    /** When the last transaction ended, as {@link System#nanoTime}; read after the thread's end. */
    long endNanos();

    /** Why this thread stopped the run; read after its end. */
    @Nullable
    RuntimeException failure();

    /** Makes a call that does not return fail. */
    void abort();
}
