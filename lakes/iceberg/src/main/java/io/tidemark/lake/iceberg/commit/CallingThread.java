package io.tidemark.lake.iceberg.commit;

import io.tidemark.storage.LocalFileIO;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.Table;

/**
 * Runs each task in the thread that hands it in. Iceberg's own pool is asked every 10 ms whether its tasks are done; a commit has up to ten steps of
 * such tasks, one after the other, and the plan of a version three: on local disk most of either was waiting for the next look.
 */
public final class CallingThread extends AbstractExecutorService {
    private static final ExecutorService INSTANCE = new CallingThread();

    private CallingThread() {}

    /** What should run the tasks of a table instead of Iceberg's pool; nothing where reads and writes take long enough for a pool. */
    public static Optional<ExecutorService> of(Table table) {
        return LocalFileIO.isLocal(table.location()) ? Optional.of(INSTANCE) : Optional.empty();
    }

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
