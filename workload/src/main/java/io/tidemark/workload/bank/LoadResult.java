package io.tidemark.workload.bank;

import java.time.Duration;

/**
 * What a load wrote.
 *
 * @param transactions rows of the transactions table
 * @param accounts rows of the accounts table
 * @param statements rows of the statements table
 * @param elapsed from the first row to the commit, keys built
 */
public record LoadResult(long transactions, long accounts, long statements, Duration elapsed) {
    public long rows() {
        return transactions + accounts + statements;
    }

    public double rowsPerSecond() {
        return rows() / Math.max(1e-9, elapsed.toNanos() / 1e9);
    }
}
