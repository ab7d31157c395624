package io.tidemark.workload.run;

import java.time.Duration;

/**
 * What a run does.
 *
 * @param transactionsPerSecond the rate at which transactions are started, whether or not earlier ones have ended; 0 as fast as it goes
 * @param duration how long; zero until stopped or interrupted
 * @param threads connections, each with its own thread; 0 derives them from the rate
 * @param mix shares of inserts, updates and deletes
 * @param changesPerTransaction rows that each transaction changes
 * @param seed of all generated values
 * @param rollbackPercent share of transactions that are rolled back instead of committed
 * @param skew how unevenly rows are picked for changes: 0 evenly; 1 takes half of the picks from a quarter of the rows; larger, hotter
 * @param accountPercent share of the updates that change an account instead of a transaction
 * @param statementPercent share of the changes that go to the statements table with its many types; 0 leaves that table out
 */
public record WorkloadOptions(
        double transactionsPerSecond,
        Duration duration,
        int threads,
        Mix mix,
        int changesPerTransaction,
        long seed,
        int rollbackPercent,
        double skew,
        int accountPercent,
        int statementPercent) {
    /** Transactions that one connection is expected to commit in a second, with room for slow disks. */
    private static final int TRANSACTIONS_PER_THREAD = 150;

    private static final int THREADS_DERIVED_MAX = 32;
    private static final int THREADS_UNPACED = 16;
    private static final int THREADS_MAX = 256;
    private static final int CHANGES_MAX = 100_000;
    private static final double RATE_MAX = 1_000_000;
    private static final double SKEW_MAX = 100;
    private static final int PERCENT_MAX = 100;
    private static final Duration DURATION_MAX = Duration.ofDays(3650);
    private static final String RUN = "run the workload";

    public WorkloadOptions {
        Invalid.unless(
                transactionsPerSecond >= 0 && transactionsPerSecond <= RATE_MAX,
                RUN,
                "the rate must be 0 (as fast as it goes) to 1000000 transactions/s",
                "transactionsPerSecond",
                transactionsPerSecond);
        Invalid.unless(
                !duration.isNegative() && duration.compareTo(DURATION_MAX) <= 0,
                RUN,
                "the duration must be 0 (until stopped) to 3650 days",
                "duration",
                duration);
        Invalid.unless(
                threads >= 0 && threads <= THREADS_MAX,
                RUN,
                "the threads must be 0 (derived from the rate) to 256",
                "threads",
                threads);
        Invalid.unless(
                changesPerTransaction >= 1 && changesPerTransaction <= CHANGES_MAX,
                RUN,
                "the changes in a transaction must be 1 to 100000",
                "changesPerTransaction",
                changesPerTransaction);
        Invalid.unless(skew >= 0 && skew <= SKEW_MAX, RUN, "the skew must be 0 (even) to 100", "skew", skew);
        requirePercent("rollbackPercent", rollbackPercent);
        requirePercent("accountPercent", accountPercent);
        requirePercent("statementPercent", statementPercent);
    }

    /** 300 single-row transactions a second until stopped, {@link Mix#DEFAULT}, a tenth of the updates on accounts. */
    public static WorkloadOptions defaults() {
        return new WorkloadOptions(300, Duration.ZERO, 0, Mix.DEFAULT, 1, 1, 0, 0, 10, 0);
    }

    /** The threads of the run: those given, else enough for the rate. */
    public int threadsUsed() {
        if (threads > 0) {
            return threads;
        }
        if (transactionsPerSecond == 0) {
            return THREADS_UNPACED;
        }
        return (int) Math.min(THREADS_DERIVED_MAX, Math.ceil(transactionsPerSecond / TRANSACTIONS_PER_THREAD) + 1);
    }

    public WorkloadOptions withTransactionsPerSecond(double value) {
        return new WorkloadOptions(
                value,
                duration,
                threads,
                mix,
                changesPerTransaction,
                seed,
                rollbackPercent,
                skew,
                accountPercent,
                statementPercent);
    }

    public WorkloadOptions withDuration(Duration value) {
        return new WorkloadOptions(
                transactionsPerSecond,
                value,
                threads,
                mix,
                changesPerTransaction,
                seed,
                rollbackPercent,
                skew,
                accountPercent,
                statementPercent);
    }

    public WorkloadOptions withThreads(int value) {
        return new WorkloadOptions(
                transactionsPerSecond,
                duration,
                value,
                mix,
                changesPerTransaction,
                seed,
                rollbackPercent,
                skew,
                accountPercent,
                statementPercent);
    }

    public WorkloadOptions withMix(Mix value) {
        return new WorkloadOptions(
                transactionsPerSecond,
                duration,
                threads,
                value,
                changesPerTransaction,
                seed,
                rollbackPercent,
                skew,
                accountPercent,
                statementPercent);
    }

    public WorkloadOptions withChangesPerTransaction(int value) {
        return new WorkloadOptions(
                transactionsPerSecond,
                duration,
                threads,
                mix,
                value,
                seed,
                rollbackPercent,
                skew,
                accountPercent,
                statementPercent);
    }

    public WorkloadOptions withSeed(long value) {
        return new WorkloadOptions(
                transactionsPerSecond,
                duration,
                threads,
                mix,
                changesPerTransaction,
                value,
                rollbackPercent,
                skew,
                accountPercent,
                statementPercent);
    }

    public WorkloadOptions withRollbackPercent(int value) {
        return new WorkloadOptions(
                transactionsPerSecond,
                duration,
                threads,
                mix,
                changesPerTransaction,
                seed,
                value,
                skew,
                accountPercent,
                statementPercent);
    }

    public WorkloadOptions withSkew(double value) {
        return new WorkloadOptions(
                transactionsPerSecond,
                duration,
                threads,
                mix,
                changesPerTransaction,
                seed,
                rollbackPercent,
                value,
                accountPercent,
                statementPercent);
    }

    public WorkloadOptions withAccountPercent(int value) {
        return new WorkloadOptions(
                transactionsPerSecond,
                duration,
                threads,
                mix,
                changesPerTransaction,
                seed,
                rollbackPercent,
                skew,
                value,
                statementPercent);
    }

    public WorkloadOptions withStatementPercent(int value) {
        return new WorkloadOptions(
                transactionsPerSecond,
                duration,
                threads,
                mix,
                changesPerTransaction,
                seed,
                rollbackPercent,
                skew,
                accountPercent,
                value);
    }

    private static void requirePercent(String name, int value) {
        Invalid.unless(value >= 0 && value <= PERCENT_MAX, RUN, "a share must be 0 to 100 percent", name, value);
    }
}
