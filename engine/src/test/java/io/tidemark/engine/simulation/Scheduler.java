package io.tidemark.engine.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Date;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs threads one at a time, in virtual time. A thread runs until it waits for something; then the one whose wait ends first goes on, at once,
 * whatever the time. Everything that happens follows from how long the threads say that they wait.
 */
final class Scheduler {
    private static final long FOREVER = Long.MAX_VALUE;
    private static final ThreadLocal<Task> CURRENT = new ThreadLocal<>();

    /** A schedule has some hundred short-lived threads; to make each of them anew would take a third of its time. */
    private static final ExecutorService CARRIERS = Executors.newCachedThreadPool(carrier -> {
        Thread thread = new Thread(carrier, "simulated");
        thread.setDaemon(true);
        return thread;
    });

    private final List<Task> tasks = new ArrayList<>();
    private final long endNanos;
    private long now;
    private long switches;
    private boolean ended;
    private @Nullable Throwable failure;

    /** @param endNanos a run that takes longer has failed */
    Scheduler(long endNanos) {
        this.endNanos = endNanos;
    }

    /** A thread of the simulation. */
    static final class Task {
        private final Thread handle;
        private final @Nullable SimulatedProcess process;
        private volatile @Nullable Thread carrier;
        private long wakeAt;
        private boolean done;
        private volatile boolean turn;
        private final List<Task> joining = new ArrayList<>();

        private Task(Thread handle, @Nullable SimulatedProcess process, long wakeAt) {
            this.handle = handle;
            this.process = process;
            this.wakeAt = wakeAt;
        }

        private long due() {
            return process == null || wakeAt == FOREVER ? wakeAt : Math.max(wakeAt, process.pausedUntil());
        }
    }

    /** Runs the body and all that it starts; returns when the body has ended and all else was stopped, or throws what failed first. */
    void run(Runnable body) {
        Task main = new Task(Thread.currentThread(), null, 0);
        main.carrier = Thread.currentThread();
        tasks.add(main);
        CURRENT.set(main);
        try {
            body.run();
        } catch (SimulatedCrash e) {
            // The failure says more.
        } catch (Throwable e) {
            fail(e);
        }
        ended = true;
        while (tasks.size() > 1) {
            main.wakeAt = now;
            for (Task task : tasks) {
                task.wakeAt = Math.min(task.wakeAt, now);
            }
            // Last in the list, so that all others come first.
            tasks.remove(main);
            tasks.add(main);
            give(tasks.get(0), main);
        }
        CURRENT.remove();
        Throwable failed = failure;
        if (failed != null) {
            throw failed instanceof AssertionError error ? error : new AssertionError(failed.toString(), failed);
        }
    }

    /** Nanoseconds since the begin. */
    long now() {
        return now;
    }

    /** How often another thread went on. */
    long switches() {
        return switches;
    }

    /** The process of the calling thread; null outside of any. */
    @Nullable
    SimulatedProcess process() {
        Task task = CURRENT.get();
        return task == null ? null : task.process;
    }

    /** Whether the calling thread is one of the simulation. */
    boolean isSimulated() {
        return CURRENT.get() != null;
    }

    /**
     * Starts a thread.
     *
     * @return what {@link #join} takes, and nothing else: another thread, of many, runs the body
     */
    Thread start(@Nullable SimulatedProcess process, String name, Runnable body) {
        checkAlive();
        Task task = new Task(new Thread(body, name), process, now);
        tasks.add(task);
        CARRIERS.execute(() -> {
            CURRENT.set(task);
            task.carrier = Thread.currentThread();
            try {
                awaitTurn(task);
                checkAlive();
                body.run();
            } catch (SimulatedCrash e) {
                // Dead.
            } catch (Throwable e) {
                fail(e);
            } finally {
                CURRENT.remove();
                end(task);
            }
        });
        return task.handle;
    }

    /** Ends the run: an invariant does not hold, or a thread met what it must not. */
    void fail(Throwable reason) {
        if (failure == null) {
            failure = reason;
        }
        ended = true;
    }

    /** Lets others go on for this long. */
    void pause(long nanos) {
        Task me = current();
        checkAlive();
        // Whatever a thread does takes some time: else one that does not wait would stop it.
        me.wakeAt = now + Math.max(1_000, nanos);
        switchFrom(me);
        checkAlive();
    }

    /** Waits for a thread to end. */
    void join(Thread thread) {
        checkAlive();
        for (Task task : tasks) {
            if (task.handle == thread && !task.done) {
                Task me = current();
                task.joining.add(me);
                me.wakeAt = FOREVER;
                switchFrom(me);
                checkAlive();
                return;
            }
        }
    }

    /** A lock for threads of one process. */
    Lock lock() {
        return new SimulatedLock();
    }

    private Task current() {
        Task task = CURRENT.get();
        if (task == null) {
            throw new IllegalStateException("Cannot wait in a thread that is not part of the simulation");
        }
        return task;
    }

    /** Throws when the calling thread is of a dead process, or the run has ended. */
    void checkAlive() {
        Task task = CURRENT.get();
        if (task != null && (ended || isDead(task))) {
            throw new SimulatedCrash();
        }
    }

    private static boolean isDead(Task task) {
        return task.process != null && task.process.isDead();
    }

    /** Has the threads of a dead process go on, to their end. */
    void wakeAll(SimulatedProcess process) {
        for (Task task : tasks) {
            if (task.process == process) {
                task.wakeAt = now;
            }
        }
    }

    private void switchFrom(Task me) {
        Task next = next();
        if (next == null) {
            fail(new AssertionError("Nobody can go on: all threads wait for each other"));
            me.wakeAt = now;
            return;
        }
        if (next.due() > now) {
            now = next.due();
        }
        if (now > endNanos && !ended) {
            fail(new AssertionError("The run did not come to an end in " + endNanos / 1_000_000_000L + " virtual s"));
        }
        if (next != me) {
            give(next, me);
        }
    }

    private @Nullable Task next() {
        Task first = null;
        for (Task task : tasks) {
            if (!task.done && task.wakeAt != FOREVER && (first == null || task.due() < first.due())) {
                first = task;
            }
        }
        return first;
    }

    private void give(Task next, Task me) {
        switches++;
        me.turn = false;
        next.turn = true;
        LockSupport.unpark(next.carrier);
        awaitTurn(me);
    }

    private static void awaitTurn(Task me) {
        while (!me.turn) {
            LockSupport.park(me);
        }
    }

    private void end(Task me) {
        me.done = true;
        tasks.remove(me);
        for (Task waiting : me.joining) {
            waiting.wakeAt = now;
        }
        Task next = next();
        if (next == null) {
            // The last one is the main thread, which waits for somebody who is gone.
            fail(new AssertionError("Nobody can go on: all threads wait for each other"));
            next = tasks.get(0);
            next.wakeAt = now;
        }
        now = Math.max(now, next.due());
        switches++;
        next.turn = true;
        LockSupport.unpark(next.carrier);
    }

    private final class SimulatedLock implements Lock {
        private final Deque<Task> waiting = new ArrayDeque<>();
        private @Nullable Task owner;

        @Override
        public void lock() {
            checkAlive();
            Task me = current();
            while (owner != null) {
                waiting.add(me);
                me.wakeAt = FOREVER;
                switchFrom(me);
                checkAlive();
            }
            owner = me;
        }

        @Override
        public void lockInterruptibly() {
            lock();
        }

        @Override
        public boolean tryLock() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean tryLock(long time, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void unlock() {
            owner = null;
            Task next = waiting.poll();
            if (next != null) {
                next.wakeAt = now;
            }
        }

        @Override
        public Condition newCondition() {
            return new SimulatedCondition(this);
        }
    }

    private final class SimulatedCondition implements Condition {
        private final SimulatedLock lock;
        private final List<Task> waiting = new ArrayList<>();

        private SimulatedCondition(SimulatedLock lock) {
            this.lock = lock;
        }

        @Override
        public long awaitNanos(long nanos) {
            Task me = current();
            long end = now + nanos;
            waiting.add(me);
            lock.unlock();
            me.wakeAt = end;
            switchFrom(me);
            waiting.remove(me);
            lock.lock();
            return end - now;
        }

        @Override
        public void signalAll() {
            waiting.forEach(task -> task.wakeAt = now);
        }

        @Override
        public void signal() {
            signalAll();
        }

        @Override
        public void await() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void awaitUninterruptibly() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean await(long time, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean awaitUntil(Date deadline) {
            throw new UnsupportedOperationException();
        }
    }
}
