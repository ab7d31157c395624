package io.tidemark.workload.bank;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.workload.run.Counters;
import io.tidemark.workload.run.Pacer;
import io.tidemark.workload.run.RunWriter;
import io.tidemark.workload.run.WorkloadOptions;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** One thread of a run, with a connection of its own. */
final class Writer extends RunWriter {
    private static final int RECONNECTS_MAX = 120;
    private static final long RECONNECT_PAUSE_MILLIS_MAX = 1_000;
    private static final long RECONNECT_PAUSE_MILLIS_MIN = 50;

    private final DataSource source;
    private final BankSchema schema;
    private final WorkloadOptions options;
    private final Planner planner;
    private final MicroClock clock;
    private final Pacer pacer;
    private final Counters counters;
    private final int[] rows;
    private volatile BankSession session;

    Writer(WorkloadRun run, BankSession session) {
        super(run.run());
        this.source = run.source();
        this.schema = run.schema();
        this.options = run.options();
        this.planner = run.planner();
        this.clock = run.clock();
        this.pacer = run.run().pacer();
        this.counters = run.run().counters();
        this.rows = new int[options.changesPerTransaction()];
        this.session = session;
    }

    @Override
    public void abort() {
        session.abort();
    }

    @Override
    protected void end() {
        session.close();
    }

    @Override
    protected boolean perform(long number) {
        PlannedTransaction transaction = planner.plan(number);
        for (int attempt = 0; ; attempt++) {
            try {
                session.execute(transaction, rows);
                count(transaction);
                return true;
            } catch (SQLException e) {
                SqlFailure kind = SqlFailure.of(e);
                if (kind == SqlFailure.FATAL) {
                    throw SqlFailure.exception("write to the bank", e);
                }
                if (!recover(kind, transaction, attempt)) {
                    return false;
                }
                if (kind == SqlFailure.KEY_EXISTS) {
                    transaction = transaction.withNewKeys(clock);
                }
            }
        }
    }

    private void count(PlannedTransaction transaction) {
        if (transaction.end() == PlannedTransaction.End.COMMIT) {
            counters.addCommitted(transaction.kinds(), rows);
            planner.committed(transaction);
        } else {
            counters.addRolledBack();
            planner.abandoned(transaction);
        }
    }

    /** Makes the session usable again; true when the transaction is to be repeated. */
    private boolean recover(SqlFailure kind, PlannedTransaction transaction, int attempt) {
        boolean lost = kind == SqlFailure.CONNECTION || !rolledBack();
        if (lost) {
            // Rows of a transaction whose outcome is unknown are left alone: neither known to exist nor to be gone.
            boolean unknown = session.isOutcomeUnknown();
            if (unknown) {
                counters.addUnknown();
            }
            boolean reconnected = reconnect();
            if (unknown) {
                return false;
            }
            if (!reconnected) {
                planner.abandoned(transaction);
                return false;
            }
        }
        if (kind == SqlFailure.CANCELLED || attempt >= RETRIES_MAX || pacer.isStopped()) {
            counters.addError();
            planner.abandoned(transaction);
            return false;
        }
        counters.addRetry();
        pauseBeforeRetry(attempt);
        return true;
    }

    private boolean rolledBack() {
        try {
            session.rollback();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    /** Opens a new connection, trying for about two minutes; false when the run is stopped meanwhile. */
    private boolean reconnect() {
        session.close();
        long pauseMillis = RECONNECT_PAUSE_MILLIS_MIN;
        for (int attempt = 1; !pacer.isStopped(); attempt++) {
            try {
                session = BankSession.open(source, schema, options);
                counters.addReconnect();
                return true;
            } catch (SQLException e) {
                if (SqlFailure.of(e) != SqlFailure.CONNECTION) {
                    throw SqlFailure.exception("connect to the bank again", e);
                }
                if (attempt >= RECONNECTS_MAX) {
                    throw new TidemarkException(
                            ErrorCode.SOURCE_UNREACHABLE,
                            "Cannot connect to the bank again: the database does not accept connections (attempts="
                                    + attempt + ")",
                            e);
                }
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMillis));
            pauseMillis = Math.min(RECONNECT_PAUSE_MILLIS_MAX, pauseMillis * 2);
        }
        return false;
    }
}
