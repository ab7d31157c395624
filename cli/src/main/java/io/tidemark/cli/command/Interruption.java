package io.tidemark.cli.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command end cleanly when the process is told to stop (Ctrl-C, SIGTERM): runs the stopping action, then holds the process until the
 * command has closed what it opened.
 */
public final class Interruption implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook;

    private Interruption(Runnable stop) {
        this.hook = new Thread(
                () -> {
                    stop.run();
                    try {
                        closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "stop");
    }

    /**
     * From now until {@link #close}, a signal runs the action.
     *
     * @param stop makes the command come to its end; must return
     */
    public static Interruption onSignal(Runnable stop) {
        Interruption interruption = new Interruption(stop);
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
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
}
