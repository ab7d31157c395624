package io.tidemark.workload.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One run: its threads, its counts, and the reports while it goes on. */
public final class Run {
    private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long STOP_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);
    private static final double NANOS_PER_SECOND = 1e9;

    private final Counters counters = new Counters();
    private final LatencyHistogram latencies = new LatencyHistogram();
    private final long startNanos;
    private final Pacer pacer;

    /** The schedule starts now. */
    public Run(WorkloadOptions options) {
        this.startNanos = System.nanoTime();
        this.pacer = new Pacer(options.transactionsPerSecond(), options.duration(), startNanos);
    }

    public Pacer pacer() {
        return pacer;
    }

    public Counters counters() {
        return counters;
    }

    public LatencyHistogram latencies() {
        return latencies;
    }

    /** Ends the run soon: running transactions end, no other starts. */
    public void stop() {
        pacer.stop();
    }

    /** Runs to the end, reporting from this thread. An interrupt stops the run and stays set. */
    public WorkloadResult run(List<? extends RunWriter> writers, WorkloadListener listener) {
        List<Thread> threads = new ArrayList<>();
        for (RunWriter writer : writers) {
            Thread thread = new Thread(writer, "workload-" + threads.size());
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
        try {
            reportUntilEnd(threads, listener);
        } finally {
            pacer.stop();
            end(threads, writers);
        }
        long behind = pacer.behind();
        long endNanos = startNanos;
        for (RunWriter writer : writers) {
            RuntimeException failure = writer.failure();
            if (failure != null) {
                throw failure;
            }
            endNanos = Math.max(endNanos, writer.endNanos());
        }
        return new WorkloadResult(
                Duration.ofNanos(endNanos - startNanos),
                counters.read(),
                LatencyHistogram.between(LatencyHistogram.empty(), latencies.snapshot()),
                behind);
    }

    private void reportUntilEnd(List<Thread> threads, WorkloadListener listener) {
        long reported = startNanos;
        WorkloadCounts before = counters.read();
        long[] latenciesBefore = LatencyHistogram.empty();
        while (!pacer.isStopped() && !Thread.currentThread().isInterrupted() && anyAlive(threads)) {
            if (!joinUntil(threads, reported + REPORT_NANOS)) {
                long now = System.nanoTime();
                WorkloadCounts counts = counters.read();
                long[] latenciesNow = latencies.snapshot();
                listener.progressed(new WorkloadProgress(
                        Duration.ofNanos(now - startNanos),
                        (counts.transactions() - before.transactions()) / ((now - reported) / NANOS_PER_SECOND),
                        LatencyHistogram.between(latenciesBefore, latenciesNow),
                        pacer.behind(),
                        counts));
                reported = now;
                before = counts;
                latenciesBefore = latenciesNow;
            }
        }
    }

    /** Waits until all threads have ended (true), or the time has come (false), or the run is stopped (true). */
    private boolean joinUntil(List<Thread> threads, long untilNanos) {
        while (System.nanoTime() < untilNanos) {
            if (pacer.isStopped() || Thread.currentThread().isInterrupted() || !anyAlive(threads)) {
                return true;
            }
            LockSupport.parkNanos(this, Math.min(TimeUnit.MILLISECONDS.toNanos(20), untilNanos - System.nanoTime()));
        }
        return false;
    }

    /** Threads that wait for the server longer than the limit lose their connection. */
    private static void end(List<Thread> threads, List<? extends RunWriter> writers) {
        threads.forEach(LockSupport::unpark);
        long deadline = System.nanoTime() + STOP_NANOS_MAX;
        boolean interrupted = false;
        boolean aborted = false;
        for (int i = 0; i < threads.size(); i++) {
            Thread thread = threads.get(i);
            while (thread.isAlive()) {
                try {
                    if (!aborted && System.nanoTime() > deadline) {
                        writers.forEach(RunWriter::abort);
                        aborted = true;
                    }
                    thread.join(50);
                    LockSupport.unpark(thread);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean anyAlive(List<Thread> threads) {
        return threads.stream().anyMatch(Thread::isAlive);
    }
}
