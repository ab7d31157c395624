package io.tidemark.workload.run;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The rows that exist before a run. Equal options give equal rows.
 *
 * @param transactions rows of the transactions table
 * @param accounts rows of the accounts table
 * @param statements rows of the statements table, each with a text of 9 to 14 KB; 0 leaves the table out
 * @param from create_at of the oldest transaction
 * @param span time over which the transactions are spread, evenly
 * @param seed of all generated values
 */
public record LoadOptions(long transactions, int accounts, int statements, Instant from, Duration span, long seed) {
    private static final long TRANSACTIONS_MAX = 10_000_000_000L;
    private static final int ACCOUNTS_MAX = 100_000_000;
    private static final int STATEMENTS_MAX = 10_000_000;
    private static final int TRANSACTIONS_PER_ACCOUNT = 100;
    private static final int ACCOUNTS_MIN = 100;
    private static final int DEFAULT_DAYS = 30;
    private static final String LOAD = "load rows";

    public LoadOptions {
        Invalid.unless(
                transactions >= 0 && transactions <= TRANSACTIONS_MAX,
                LOAD,
                "the transactions must be 0 to 10000000000",
                "transactions",
                transactions);
        Invalid.unless(
                accounts >= 1 && accounts <= ACCOUNTS_MAX,
                LOAD,
                "the accounts must be 1 to 100000000",
                "accounts",
                accounts);
        Invalid.unless(
                statements >= 0 && statements <= STATEMENTS_MAX,
                LOAD,
                "the statements must be 0 to 10000000",
                "statements",
                statements);
        Invalid.unless(
                !span.isNegative() && ChronoUnit.MICROS.between(from, from.plus(span)) >= transactions,
                LOAD,
                "the span must hold a microsecond for each transaction",
                "span",
                span);
    }

    /** The 30 days before today (UTC), a hundred transactions an account, no statements. */
    public static LoadOptions of(long transactions) {
        long accounts = Math.max(ACCOUNTS_MIN, transactions / TRANSACTIONS_PER_ACCOUNT);
        Instant from = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(DEFAULT_DAYS, ChronoUnit.DAYS);
        return new LoadOptions(
                transactions, (int) Math.min(ACCOUNTS_MAX, accounts), 0, from, Duration.ofDays(DEFAULT_DAYS), 1);
    }

    public LoadOptions withAccounts(int value) {
        return new LoadOptions(transactions, value, statements, from, span, seed);
    }

    public LoadOptions withStatements(int value) {
        return new LoadOptions(transactions, accounts, value, from, span, seed);
    }

    public LoadOptions withFrom(Instant value) {
        return new LoadOptions(transactions, accounts, statements, value, span, seed);
    }

    public LoadOptions withSpan(Duration value) {
        return new LoadOptions(transactions, accounts, statements, from, value, seed);
    }

    public LoadOptions withSeed(long value) {
        return new LoadOptions(transactions, accounts, statements, from, span, value);
    }
}
