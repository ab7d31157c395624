package io.tidemark.engine.signal;

import io.tidemark.engine.machine.Machine;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** Wakes waiting roles of the same process at once; a wake that comes while nobody waits is kept. */
public final class Wakeup {
    private final Lock lock;
    private final Condition changed;
    private long wakes;

    public Wakeup(Machine machine) {
        this.lock = machine.lock();
        this.changed = lock.newCondition();
    }

    /** How often {@link #wake} was called; a role remembers it before it looks, and waits for a greater one. */
    public long count() {
        lock.lock();
        try {
            return wakes;
        } finally {
            lock.unlock();
        }
    }

    public void wake() {
        lock.lock();
        try {
            wakes++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the count is greater than {@code seen}, at most this long. */
    public void await(long seen, Duration most) throws InterruptedException {
        long left = most.toNanos();
        lock.lockInterruptibly();
        try {
            while (wakes <= seen && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
