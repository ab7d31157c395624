package io.tidemark.workload.command;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A step that runs in a thread of its own, because what it calls cannot be interrupted: a signal ends the wait for it, not it. */
final class Task<T> {
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final Thread thread;

    private Task(String name, Callable<T> work) {
        this.thread = new Thread(
                () -> {
                    try {
                        result.complete(work.call());
                    } catch (Exception | Error e) {
                        result.completeExceptionally(e);
                    }
                },
                name);
        thread.setDaemon(true);
    }

    /**
     * Runs the work and returns its result.
     *
     * @param patience how long the work may take to end after a signal, which interrupts it
     * @throws InterruptedException after a signal
     */
    static <T> T run(String name, Callable<T> work, StopSignals signals, Duration patience)
            throws InterruptedException {
        Task<T> task = new Task<>(name, work);
        task.thread.start();
        try {
            signals.await(task.result);
            return task.result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            if (e.getCause() instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            throw e;
        } finally {
            if (task.thread.isAlive()) {
                task.thread.interrupt();
                task.thread.join(Math.max(1, patience.toMillis()));
            }
        }
    }
}
