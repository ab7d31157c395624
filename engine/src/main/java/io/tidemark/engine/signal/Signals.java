package io.tidemark.engine.signal;

/** What the roles of one process tell each other, so that none has to wait for its next poll; and the word to stop. */
public final class Signals {
    private final Wakeup sealed = new Wakeup();
    private final Wakeup dispatched = new Wakeup();
    private final Wakeup applied = new Wakeup();
    private final Wakeup tables = new Wakeup();
    private volatile boolean stopping;

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

    /** Takes an earlier {@link #stop} back: roles are about to start. */
    public void start() {
        stopping = false;
    }

    /** Tells all roles to end, and wakes them to see it. */
    public void stop() {
        stopping = true;
        sealed.wake();
        dispatched.wake();
        applied.wake();
        tables.wake();
    }
}
