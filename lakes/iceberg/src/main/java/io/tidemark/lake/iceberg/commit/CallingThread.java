package io.tidemark.lake.iceberg.commit;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs each task in the thread that hands it in. Iceberg's own pool is asked every 10 ms whether its tasks are done, and a commit has up to ten steps
 * of such tasks, one after the other: on local disk most of a commit was waiting for the next look.
 */
final class CallingThread extends AbstractExecutorService {
    @Override
    public void execute(Runnable task) {
        task.run();
    }

    /** There is nothing to end. */
    @Override
    public void shutdown() {
        // No thread belongs to it.
    }

    @Override
    public List<Runnable> shutdownNow() {
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return true;
    }
}
