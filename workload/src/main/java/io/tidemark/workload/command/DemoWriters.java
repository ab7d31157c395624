package io.tidemark.workload.command;

import io.tidemark.workload.run.Workload;
import io.tidemark.workload.run.WorkloadCounts;
import io.tidemark.workload.run.WorkloadOptions;
import io.tidemark.workload.run.WorkloadProgress;
import io.tidemark.workload.run.WorkloadResult;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Live writes in the background, from {@link #start} until closed. */
final class DemoWriters implements AutoCloseable {
    private final Workload workload;
    private final WorkloadOptions options;
    private final CompletableFuture<WorkloadResult> result = new CompletableFuture<>();
    private volatile @Nullable WorkloadProgress newest;
    private boolean started;

    DemoWriters(Workload workload, WorkloadOptions options) {
        this.workload = workload;
        this.options = options;
    }

    /** Begins to write, unless it has. */
    void start() {
        if (started) {
            return;
        }
        started = true;
        Thread thread = new Thread(this::run, "demo-writers");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            result.complete(workload.run(options, progress -> newest = progress));
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    /** The second before; empty while the writers start. Throws when they have failed. */
    Optional<WorkloadProgress> newest() {
        if (result.isDone()) {
            join();
        }
        return Optional.ofNullable(newest);
    }

    /** Transactions committed so far, as of the last second. */
    long committed() {
        return newest().map(WorkloadProgress::counts)
                .map(WorkloadCounts::committed)
                .orElse(0L);
    }

    /** Ends the writes. */
    WorkloadResult stop() {
        workload.stop();
        return join();
    }

    @Override
    public void close() {
        workload.stop();
        if (started) {
            // A failure was told when it was met; here only the end counts.
            result.handle((done, failure) -> null).join();
        }
    }

    private WorkloadResult join() {
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw e;
        }
    }
}
