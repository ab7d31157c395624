package io.tidemark.workload.bank;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.workload.run.LoadOptions;
import io.tidemark.workload.run.LoadResult;
import io.tidemark.workload.run.Randoms;
import io.tidemark.workload.run.Run;
import io.tidemark.workload.run.TextPools;
import io.tidemark.workload.run.Workload;
import io.tidemark.workload.run.WorkloadListener;
import io.tidemark.workload.run.WorkloadOptions;
import io.tidemark.workload.run.WorkloadResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.SplittableRandom;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The bank in one schema of a Postgres database: {@code accounts}, {@code transactions} (key account and create_at; only {@code note} and
 * {@code update_at} ever change) and, when asked for, {@code statements} with many column types and a long text. Load rows first or run on
 * an empty bank; both make what is missing. The data source gives plain pgjdbc connections to a user who may create the schema, or who
 * owns its tables.
 *
 * <p>{@link #stop} may be called by any thread; one load or run at a time.
 */
public final class BankWorkload implements Workload {
    /** The schema used when none is named. */
    public static final String DEFAULT_SCHEMA = "bank";

    /** Keys of rows that a run remembers: 16 MB. */
    private static final int KEYS_MAX = 1_000_000;

    private static final int STATEMENT_IDS_MAX = 100_000;
    private static final int ACCOUNTS_MAX = 1_000_000;
    private static final int ACCOUNTS_MADE_BY_RUN = 1_000;

    private final DataSource source;
    private final BankSchema schema;
    private final Clock clock;
    private @Nullable TextPools pools;
    private long poolsSeed;
    private volatile boolean stopped;
    private volatile @Nullable Run running;

    public BankWorkload(DataSource source, String schema) {
        this(source, schema, Clock.systemUTC());
    }

    BankWorkload(DataSource source, String schema, Clock clock) {
        this.source = source;
        this.schema = new BankSchema(schema);
        this.clock = clock;
    }

    /** Whether the transactions table exists and holds a row. */
    @Override
    public boolean hasRows() {
        try (Connection connection = source.getConnection()) {
            return schema.hasRows(connection, schema.transactions());
        } catch (SQLException e) {
            throw SqlFailure.exception("look at the bank", e);
        }
    }

    /**
     * Fills the tables in one transaction; nothing is left behind when it fails.
     *
     * @throws TidemarkException INVALID_ARGUMENT when a table already has rows; SOURCE codes when the database refuses
     */
    @Override
    public LoadResult load(LoadOptions options) {
        TextPools texts = pools(options.seed());
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            requireEmpty(connection, options);
            LoadResult result = new BankLoader(schema, texts).load(connection, options);
            connection.commit();
            return result;
        } catch (SQLException e) {
            throw SqlFailure.exception("load the bank", e);
        }
    }

    /**
     * Writes until the duration has passed, {@link #stop} is called or this thread is interrupted (its interrupt stays set). Serialization
     * failures and deadlocks are repeated, lost connections opened again; a run whose database stays away ends with SOURCE_UNREACHABLE.
     *
     * @param listener called about once a second by this thread
     * @throws TidemarkException SOURCE codes when the database refuses what every transaction needs
     */
    @Override
    public WorkloadResult run(WorkloadOptions options, WorkloadListener listener) {
        TextPools texts = pools(options.seed());
        MicroClock micros = new MicroClock(clock);
        Planner planner;
        List<BankSession> sessions;
        try {
            planner = planner(options, texts, micros);
            sessions = WorkloadRun.openSessions(source, schema, options);
        } catch (SQLException e) {
            throw SqlFailure.exception("start the workload", e);
        }
        Run run = new Run(options);
        running = run;
        try {
            if (stopped) {
                run.stop();
            }
            return new WorkloadRun(source, schema, options, planner, micros, run).run(sessions, listener);
        } finally {
            running = null;
        }
    }

    /** Ends a run soon, or a later one at once: running transactions end, no other starts, and run returns its result. */
    @Override
    public void stop() {
        stopped = true;
        Run run = running;
        if (run != null) {
            run.stop();
        }
    }

    private Planner planner(WorkloadOptions options, TextPools texts, MicroClock micros) throws SQLException {
        KeyPool keys = new KeyPool(KEYS_MAX);
        IdPool statementIds = new IdPool(STATEMENT_IDS_MAX);
        ExistingRows existing = new ExistingRows(schema, options.seed());
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            schema.createTables(connection, BankSchema.Keys.NOW);
            if (!schema.hasRows(connection, schema.accounts())) {
                LoadOptions few =
                        LoadOptions.of(0).withAccounts(ACCOUNTS_MADE_BY_RUN).withSeed(options.seed());
                new BankLoader(schema, texts).copyAccounts(connection, few);
            }
            if (options.statementPercent() > 0) {
                schema.createStatements(connection);
                SplittableRandom random = Randoms.stream(options.seed(), -6);
                existing.statements(connection, STATEMENT_IDS_MAX).forEach(id -> statementIds.add(id, random));
            }
            long[] accounts = existing.accounts(connection, ACCOUNTS_MAX);
            existing.transactions(connection, keys, KEYS_MAX);
            connection.commit();
            return new Planner(options, texts, micros, accounts, keys, statementIds);
        }
    }

    private void requireEmpty(Connection connection, LoadOptions options) throws SQLException {
        boolean filled = schema.hasRows(connection, schema.transactions())
                || schema.hasRows(connection, schema.accounts())
                || (options.statements() > 0 && schema.hasRows(connection, schema.statements()));
        if (filled) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot load the bank: its tables already have rows (schema=" + schema.name() + ", rows="
                            + options.transactions() + ")",
                    "Run the workload without loading, name another schema, or drop this one.",
                    null);
        }
    }

    private synchronized TextPools pools(long seed) {
        TextPools known = pools;
        if (known == null || poolsSeed != seed) {
            known = TextPools.of(seed);
            pools = known;
            poolsSeed = seed;
        }
        return known;
    }
}
