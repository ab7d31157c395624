package io.tidemark.engine.lease;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;

/**
 * A lease that this process holds until it is closed or lost. What is done under it must carry {@link #fence()}, because a holder can lose a lease
 * without noticing at once.
 */
public final class Lease implements AutoCloseable {
    private final Leases leases;
    private final String name;
    private final long fence;
    private final AtomicBoolean held = new AtomicBoolean(true);

    /** Held while the entry of the lease is written, together with its version. */
    final Lock writing;

    volatile long version;
    volatile long beat;
    volatile long renewedNanos;

    Lease(Leases leases, Lock writing, String name, long fence, long version, long renewedNanos) {
        this.writing = writing;
        this.leases = leases;
        this.name = name;
        this.fence = fence;
        this.version = version;
        this.renewedNanos = renewedNanos;
    }

    public String name() {
        return name;
    }

    /** Fencing token: greater than that of every earlier holder. */
    public long fence() {
        return fence;
    }

    /** Whether the lease is still held, as far as this process knows. */
    public boolean isHeld() {
        return held.get() && !leases.isOverdue(this);
    }

    /**
     * Ends what is done under a lease that is not held any more.
     *
     * @param deed what cannot go on: {@code <verb> <object>}
     * @throws TidemarkException {@code LEASE_LOST}
     */
    public void requireHeld(String deed) {
        if (!isHeld()) {
            throw new TidemarkException(
                    ErrorCode.LEASE_LOST, "Cannot " + deed + ": the lease was taken over (fence=" + fence + ")");
        }
    }

    void lose() {
        held.set(false);
    }

    /** Gives the lease back. */
    @Override
    public void close() {
        if (held.compareAndSet(true, false)) {
            leases.release(this);
        }
    }
}
