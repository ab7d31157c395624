package io.tidemark.workload.bank;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.workload.run.LoadOptions;
import io.tidemark.workload.run.LoadResult;
import io.tidemark.workload.run.Randoms;
import io.tidemark.workload.run.TextPools;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.postgresql.PGConnection;

/** Writes the rows that exist before a run, in one transaction. */
final class BankLoader {
    private static final int ACCOUNT_FIELDS = 10;
    private static final int TRANSACTION_FIELDS = 7;
    private static final int STATEMENT_BATCH = 100;
    private static final double ACCOUNT_SKEW = 0.5;
    private static final long OPENED_FIRST_DAY = LocalDate.of(1995, 1, 1).toEpochDay();
    private static final int OPENED_DAYS = 10_000;
    private static final long BALANCE_CENTS_MAX = 100_000_000L;

    private final BankSchema schema;
    private final TextPools pools;

    BankLoader(BankSchema schema, TextPools pools) {
        this.schema = schema;
        this.pools = pools;
    }

    /** Loads empty or missing tables; the connection is without auto-commit, and the caller commits. */
    LoadResult load(Connection connection, LoadOptions options) throws SQLException {
        long start = System.nanoTime();
        // Rows that are copied into a table of the same transaction need no later freezing, and its keys are sorted
        // once.
        boolean fresh =
                !schema.exists(connection, schema.accounts()) && !schema.exists(connection, schema.transactions());
        schema.createTables(connection, fresh ? BankSchema.Keys.AFTER_LOAD : BankSchema.Keys.NOW);
        String how = fresh ? " with (format binary, freeze)" : " with (format binary)";
        long accounts = copyAccounts(connection, options, how);
        long transactions = copyTransactions(connection, options, how);
        if (fresh) {
            schema.addKeys(connection);
        }
        if (options.statements() > 0) {
            schema.createStatements(connection);
            insertStatements(connection, options);
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("analyze " + schema.accounts() + ", " + schema.transactions());
        }
        Map<String, Long> tables = new LinkedHashMap<>();
        tables.put("transactions", transactions);
        tables.put("accounts", accounts);
        tables.put("statements", (long) options.statements());
        return new LoadResult(tables, Duration.ofNanos(System.nanoTime() - start));
    }

    /** Makes sure that there are accounts for a run on an empty bank. */
    void copyAccounts(Connection connection, LoadOptions options) throws SQLException {
        copyAccounts(connection, options, " with (format binary)");
    }

    private long copyAccounts(Connection connection, LoadOptions options, String how) throws SQLException {
        CopyEncoder copy = copyIn(
                connection,
                schema.accounts()
                        + " (account, owner, city, iban, balance, currency, opened, is_active, profile, update_at)",
                how);
        byte[][] names = BankRows.utf8(pools.names());
        byte[][] cities = BankRows.utf8(pools.cities());
        SplittableRandom random = Randoms.stream(options.seed(), -1);
        long updateAt = MicroClock.micros(options.from());
        for (long i = 0; i < options.accounts(); i++) {
            long account = BankRows.ACCOUNT_FIRST + i;
            copy.row(ACCOUNT_FIELDS);
            copy.int64(account);
            copy.text(TextPools.pick(names, random));
            copy.text(TextPools.pick(cities, random));
            copy.text(BankRows.iban(account, random).getBytes(UTF_8));
            copy.numericOfCents(random.nextLong(-BALANCE_CENTS_MAX, BALANCE_CENTS_MAX));
            copy.text(BankRows.currency(random).getBytes(UTF_8));
            copy.date((int) OPENED_FIRST_DAY + random.nextInt(OPENED_DAYS));
            copy.bool(random.nextInt(100) < 95);
            if (random.nextInt(10) == 0) {
                copy.nullField();
            } else {
                copy.jsonb(BankRows.profileJson(random).getBytes(UTF_8));
            }
            copy.timestamp(updateAt);
        }
        return copy.finish();
    }

    private long copyTransactions(Connection connection, LoadOptions options, String how) throws SQLException {
        if (options.transactions() == 0) {
            return 0;
        }
        CopyEncoder copy = copyIn(
                connection,
                schema.transactions() + " (account, create_at, update_at, entity, amount, is_credit, note)",
                how);
        byte[][] companies = BankRows.utf8(pools.companies());
        byte[][] notes = BankRows.utf8(pools.notes());
        byte[] empty = {};
        SplittableRandom random = Randoms.stream(options.seed(), -2);
        long from = MicroClock.micros(options.from());
        long span = ChronoUnit.MICROS.between(options.from(), options.from().plus(options.span()));
        // Each row has a stretch of time of its own, so that create_at alone is unique.
        long step = span / options.transactions();
        for (long i = 0; i < options.transactions(); i++) {
            long createAt = from + i * step + random.nextLong(step);
            copy.row(TRANSACTION_FIELDS);
            copy.int64(BankRows.ACCOUNT_FIRST + Randoms.index(random, options.accounts(), ACCOUNT_SKEW));
            copy.timestamp(createAt);
            copy.timestamp(createAt);
            copy.text(TextPools.pick(companies, random));
            copy.numericOfCents(BankRows.amountCents(random));
            copy.bool(random.nextInt(4) == 0);
            byte[] note = BankRows.note(notes, empty, random);
            if (note == null) {
                copy.nullField();
            } else {
                copy.text(note);
            }
        }
        return copy.finish();
    }

    private void insertStatements(Connection connection, LoadOptions options) throws SQLException {
        SplittableRandom random = Randoms.stream(options.seed(), -3);
        long updateAt = MicroClock.micros(options.from());
        try (PreparedStatement rows = connection.prepareStatement(BankStatement.INSERT_STATEMENT.sql(schema))) {
            for (int i = 0; i < options.statements(); i++) {
                new StatementChange.InsertStatement(
                                StatementChange.id(updateAt + i, random),
                                BankRows.ACCOUNT_FIRST + random.nextInt(options.accounts()),
                                random.nextLong(),
                                updateAt,
                                pools)
                        .bind(rows);
                rows.addBatch();
                if ((i + 1) % STATEMENT_BATCH == 0) {
                    rows.executeBatch();
                }
            }
            rows.executeBatch();
        }
    }

    private static CopyEncoder copyIn(Connection connection, String target, String how) throws SQLException {
        String sql = "copy " + target + " from stdin" + how;
        return new CopyEncoder(
                connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql));
    }
}
