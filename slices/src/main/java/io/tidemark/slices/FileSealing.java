package io.tidemark.slices;

import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.slice.SliceFile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Seals the files of a slice side by side: each waits for the disk (or for a distant storage) most of the time, and disks make many files durable
 * in about the time of one.
 */
final class FileSealing {
    private static final int THREADS_MAX = 8;

    private FileSealing() {}

    /**
     * Seals all files; returns when none is being worked on any more, whatever came of it.
     *
     * @param onSealed told of each file that is durable, on the calling thread, also when others failed
     */
    static void sealAll(List<SliceFileWriter> files, Consumer<SliceFile> onSealed) throws IOException {
        if (files.size() <= 1) {
            for (SliceFileWriter file : files) {
                onSealed.accept(file.seal());
            }
            return;
        }
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(THREADS_MAX, files.size()), work -> {
            Thread thread = new Thread(work, "tidemark-slice-seal");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Callable<SliceFile>> work = new ArrayList<>();
            files.forEach(file -> work.add(file::seal));
            collect(threads.invokeAll(work), onSealed);
        } catch (InterruptedException e) {
            throw interrupted();
        } finally {
            finish(threads);
        }
    }

    private static void collect(List<Future<SliceFile>> results, Consumer<SliceFile> onSealed)
            throws IOException, InterruptedException {
        Throwable failure = null;
        for (Future<SliceFile> result : results) {
            try {
                onSealed.accept(result.get());
            } catch (ExecutionException e) {
                failure = failure == null ? e.getCause() : failure;
            }
        }
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof OutOfMemoryError e) {
            throw TidemarkException.outOfMemory("seal files of a slice", e);
        }
        if (failure != null) {
            throw new IllegalStateException("Cannot seal files of a slice", failure);
        }
    }

    /** Files must be at rest before their writers are closed, so this waits even for an interrupted thread. */
    private static void finish(ExecutorService threads) {
        threads.shutdownNow();
        boolean wasInterrupted = Thread.interrupted();
        while (!threads.isTerminated()) {
            try {
                threads.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                wasInterrupted = true;
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("the thread was interrupted");
    }
}
