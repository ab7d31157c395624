package io.tidemark.query;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Divides the memory of the engine among the sessions that run at one time: each takes three quarters of what is free, so that a single one has
 * most of it and later ones still start; who would get too little to work with waits. Thread-safe.
 */
final class MemoryBudget {
    private static final long SHARE_LEAST_BYTES = 64L << 20;

    private final Lock lock = new ReentrantLock(true);
    private final Condition released = lock.newCondition();
    private final long totalBytes;
    private long freeBytes;

    MemoryBudget(long totalBytes) {
        this.totalBytes = Math.max(totalBytes, SHARE_LEAST_BYTES);
        this.freeBytes = this.totalBytes;
    }

    /** Takes a share, waiting for one when need be; returns its size. */
    long take() {
        lock.lock();
        try {
            while (share() < SHARE_LEAST_BYTES && freeBytes < totalBytes) {
                released.awaitUninterruptibly();
            }
            long share = freeBytes == totalBytes ? Math.max(share(), SHARE_LEAST_BYTES) : share();
            freeBytes -= share;
            return share;
        } finally {
            lock.unlock();
        }
    }

    void giveBack(long shareBytes) {
        lock.lock();
        try {
            freeBytes += shareBytes;
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private long share() {
        return freeBytes / 4 * 3;
    }
}
