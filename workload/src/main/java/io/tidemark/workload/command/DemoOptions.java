package io.tidemark.workload.command;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.workload.run.LoadOptions;
import io.tidemark.workload.run.WorkloadOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What a demo does.
 *
 * @param folder folder for everything; empty for a fresh one
 * @param rows transactions that exist before the mirror starts
 * @param transactionsPerSecond rate of the live writes
 * @param duration how long the view is shown; empty until Enter or Ctrl-C
 * @param files what becomes of the folder in the end
 */
record DemoOptions(
        Optional<Path> folder, long rows, double transactionsPerSecond, Optional<Duration> duration, Files files) {
    private static final double RATE_MAX = 100_000;

    /** Of a million transactions; fewer have fewer, so that a small demo is fast. */
    private static final int STATEMENTS_MAX = 2_000;

    private static final int STATEMENTS_LEAST = 50;
    private static final int TRANSACTIONS_PER_STATEMENT = 500;
    private static final int STATEMENT_PERCENT = 5;

    /** Some rows are changed more often than others, so that their history has something to show. */
    private static final double SKEW = 2;

    DemoOptions {
        if (!(transactionsPerSecond > 0 && transactionsPerSecond <= RATE_MAX)) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot run the demo: --tps must be more than 0 and at most 100000 (tps=" + transactionsPerSecond
                            + ")");
        }
        if (rows < 0) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT, "Cannot run the demo: --rows must be 0 or more (rows=" + rows + ")");
        }
    }

    /** What becomes of the folder. */
    enum Files {
        KEEP,
        DELETE
    }

    LoadOptions load() {
        return LoadOptions.of(rows).withStatements(statements(rows));
    }

    WorkloadOptions writes() {
        return WorkloadOptions.defaults()
                .withTransactionsPerSecond(transactionsPerSecond)
                .withSkew(SKEW)
                .withStatementPercent(STATEMENT_PERCENT);
    }

    /** Rows of the schema-rich table beside this many transactions. */
    static int statements(long transactions) {
        return (int) Math.max(STATEMENTS_LEAST, Math.min(STATEMENTS_MAX, transactions / TRANSACTIONS_PER_STATEMENT));
    }
}
