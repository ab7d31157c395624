package io.tidemark.engine.machine;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.locks.Lock;

/**
 * Clocks, threads and locks of the machine that a process runs on. The roles of a pipeline wait and measure time by nothing else, so that a test can
 * stand for the machine and say in which order everything happens.
 */
public interface Machine {
    /** The machine that this program runs on. */
    static Machine local() {
        return LocalMachine.INSTANCE;
    }

    /** The time of day. It may jump. */
    Clock clock();

    /** Nanoseconds since some time; never goes back. */
    long nanoTime();

    /** Starts a thread, which does not keep the process alive. */
    Thread start(String name, Runnable body);

    /** Waits for a thread of {@link #start} to end. */
    void join(Thread thread) throws InterruptedException;

    void sleep(Duration duration) throws InterruptedException;

    /** A new lock, free and with conditions. */
    Lock lock();
}
