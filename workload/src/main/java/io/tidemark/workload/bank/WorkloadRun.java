package io.tidemark.workload.bank;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** One run: its threads, its counts, and the reports while it goes on. */
final class WorkloadRun {
    private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long STOP_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);
    private static final double NANOS_PER_SECOND = 1e9;

    private final DataSource source;
    private final BankSchema schema;
    private final WorkloadOptions options;
    private final Planner planner;
    private final MicroClock clock;
    private final Counters counters = new Counters();
    private final LatencyHistogram latencies = new LatencyHistogram();
    private final long startNanos;
    private final Pacer pacer;

    /** The schedule starts now. */
    WorkloadRun(DataSource source, BankSchema schema, WorkloadOptions options, Planner planner, MicroClock clock) {
        this.source = source;
        this.schema = schema;
        this.options = options;
        this.planner = planner;
        this.clock = clock;
        this.startNanos = System.nanoTime();
        this.pacer = new Pacer(options.transactionsPerSecond(), options.duration(), startNanos);
    }

    DataSource source() {
        return source;
    }

    BankSchema schema() {
        return schema;
    }

    WorkloadOptions options() {
        return options;
    }

    Planner planner() {
        return planner;
    }

    MicroClock clock() {
        return clock;
    }

    Pacer pacer() {
        return pacer;
    }

    Counters counters() {
        return counters;
    }

    LatencyHistogram latencies() {
        return latencies;
    }

    /** Ends the run soon: running transactions end, no other starts. */
    void stop() {
        pacer.stop();
    }

    static List<BankSession> openSessions(DataSource source, BankSchema schema, WorkloadOptions options)
            throws SQLException {
        List<BankSession> sessions = new ArrayList<>();
        try {
            for (int i = 0; i < options.threadsUsed(); i++) {
                sessions.add(BankSession.open(source, schema, options));
            }
            return sessions;
        } catch (SQLException e) {
            sessions.forEach(BankSession::close);
            throw e;
        }
    }

    /** Runs to the end, reporting from this thread; the sessions are closed. An interrupt stops the run and stays set. */
    WorkloadResult run(List<BankSession> sessions, WorkloadListener listener) {
        List<Writer> writers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (BankSession session : sessions) {
            Writer writer = new Writer(this, session);
            Thread thread = new Thread(writer, "workload-" + writers.size());
            thread.setDaemon(true);
            writers.add(writer);
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
        for (Writer writer : writers) {
            if (writer.failure() != null) {
                throw writer.failure();
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
    private static void end(List<Thread> threads, List<Writer> writers) {
        threads.forEach(LockSupport::unpark);
        long deadline = System.nanoTime() + STOP_NANOS_MAX;
        boolean interrupted = false;
        boolean aborted = false;
        for (int i = 0; i < threads.size(); i++) {
            Thread thread = threads.get(i);
            while (thread.isAlive()) {
                try {
                    if (!aborted && System.nanoTime() > deadline) {
                        writers.forEach(Writer::abort);
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
