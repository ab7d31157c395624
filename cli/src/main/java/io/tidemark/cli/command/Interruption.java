package io.tidemark.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command end cleanly when the process is told to stop (Ctrl-C, SIGTERM): runs the stopping actions, and ends the process when the command
 * has closed what it opened. To be opened before everything that must be closed by then. A second signal ends the process at once.
 *
 * <p>The signal itself is handled, and not the end of the Java process: libraries close their threads and files in hooks of that end, all at the same
 * time, which takes from a command what it needs to come to its own.
 */
public final class Interruption implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    /** What Java ends at by itself; a hang-up is none for a process that was told to ignore it. */
    private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");

    /** A process that ends by a signal has this plus the signal's number for its exit code. */
    private static final int EXIT_SIGNAL = 128;

    private final Map<String, Object> before = new LinkedHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Runnable> actions = new ArrayList<>();
    private int stoppedBy;

    private Interruption() {}

    /** From now until {@link #close}, a signal ends the command through its actions. */
    public static Interruption open() {
        Interruption interruption = new Interruption();
        synchronized (interruption) {
            SIGNALS.forEach(name -> Signals.handle(name, Signals.handler(interruption::receive))
                    .ifPresent(handler -> interruption.before.put(name, handler)));
        }
        return interruption;
    }

    /** Adds an action that makes the command come to its end and returns; it runs at once when the signal came before. */
    public void onSignal(Runnable action) {
        synchronized (this) {
            if (stoppedBy == 0) {
                actions.add(action);
                return;
            }
        }
        action.run();
    }

    /** Says that everything is closed. After a signal this ends the process. */
    @Override
    public void close() {
        int exitCode;
        synchronized (this) {
            before.forEach(Signals::handle);
            closed.countDown();
            exitCode = stoppedBy == 0 ? 0 : EXIT_SIGNAL + stoppedBy;
        }
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }

    private void receive(int signal) {
        boolean isFirst;
        List<Runnable> toRun;
        synchronized (this) {
            isFirst = stoppedBy == 0;
            stoppedBy = signal;
            toRun = List.copyOf(actions);
        }
        // A closed one can be asked when one that was opened later has put it back after its own end.
        if (!isFirst || closed.getCount() == 0) {
            System.exit(EXIT_SIGNAL + signal);
        }
        toRun.forEach(Runnable::run);
        try {
            if (!closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("Stopped without waiting longer; the next run goes on from what is durable.");
                System.exit(EXIT_SIGNAL + signal);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
