package io.tidemark.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command end cleanly when the process is told to stop (Ctrl-C, SIGTERM): runs the stopping actions, then holds the process until the
 * command has closed what it opened. To be opened before everything that must be closed by then.
 */
public final class Interruption implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "stop");
    private final List<Runnable> actions = new ArrayList<>();
    private boolean stopping;

    private Interruption() {}

    /** From now until {@link #close}, a signal ends the command through its actions. */
    public static Interruption open() {
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    /** Adds an action that makes the command come to its end and returns; it runs at once when the signal came before. */
    public void onSignal(Runnable action) {
        synchronized (this) {
            if (!stopping) {
                actions.add(action);
                return;
            }
        }
        action.run();
    }

    /** Says that everything is closed. */
    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is stopping, and the hook is what waited for this call.
        }
    }

    private void stop() {
        List<Runnable> toRun;
        synchronized (this) {
            stopping = true;
            toRun = List.copyOf(actions);
        }
        toRun.forEach(Runnable::run);
        try {
            if (!closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("Stopped without waiting longer; the next run goes on from what is durable.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
