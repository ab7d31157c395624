package io.tidemark.engine.signal;

import io.tidemark.engine.machine.Machine;
import java.time.Duration;

/** What the roles of one process tell each other, so that none has to wait for its next poll; and the word to stop. */
public final class Signals {
    private final Wakeup sealed;
    private final Wakeup dispatched;
    private final Wakeup applied;
    private final Wakeup tables;
    private final Wakeup stopped;
    private volatile boolean running;
    private volatile boolean stopping;

    public Signals(Machine machine) {
        this.sealed = new Wakeup(machine);
        this.dispatched = new Wakeup(machine);
        this.applied = new Wakeup(machine);
        this.tables = new Wakeup(machine);
        this.stopped = new Wakeup(machine);
    }

    /** A slice was sealed. */
    public Wakeup sealed() {
        return sealed;
    }

    /** A work item was written. */
    public Wakeup dispatched() {
        return dispatched;
    }

    /** A mirror moved on. */
    public Wakeup applied() {
        return applied;
    }

    /** A table's state changed. */
    public Wakeup tables() {
        return tables;
    }

    /** Whether the roles are to end. */
    public boolean stopping() {
        return stopping;
    }

    /** Waits this long, or until the roles are to end; returns whether to go on. */
    public boolean pause(Duration duration) throws InterruptedException {
        long seen = stopped.count();
        if (!stopping) {
            stopped.await(seen, duration);
        }
        return !stopping;
    }

    /** Whether roles run in this process, the time that they need to end included. */
    public boolean running() {
        return running;
    }

    /**
     * Roles are about to start.
     *
     * @throws IllegalStateException when some run already: they would be told to end with these
     */
    public synchronized void start() {
        if (running) {
            throw new IllegalStateException("Cannot run a pipeline twice in one process");
        }
        running = true;
        stopping = false;
    }

    /** All roles have ended. */
    public void ended() {
        running = false;
    }

    /** Tells all roles to end, and wakes them to see it. */
    public void stop() {
        stopping = true;
        sealed.wake();
        dispatched.wake();
        applied.wake();
        tables.wake();
        stopped.wake();
    }
}
