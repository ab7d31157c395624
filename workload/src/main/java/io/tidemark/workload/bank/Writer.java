package io.tidemark.workload.bank;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.workload.run.Counters;
import io.tidemark.workload.run.LatencyHistogram;
import io.tidemark.workload.run.Pacer;
import io.tidemark.workload.run.RunWriter;
import io.tidemark.workload.run.WorkloadOptions;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** One thread of a run, with a connection of its own. */
final class Writer implements RunWriter {
    private static final int RETRIES_MAX = 20;
    private static final long RETRY_PAUSE_MICROS = 500;
    private static final int RETRY_DOUBLINGS_MAX = 8;
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
    private final LatencyHistogram latencies;
    private final int[] rows;
    private volatile BankSession session;
    private @Nullable RuntimeException failure;
    private long endNanos;

    Writer(WorkloadRun run, BankSession session) {
        this.source = run.source();
        this.schema = run.schema();
        this.options = run.options();
        this.planner = run.planner();
        this.clock = run.clock();
        this.pacer = run.run().pacer();
        this.counters = run.run().counters();
        this.latencies = run.run().latencies();
        this.rows = new int[options.changesPerTransaction()];
        this.session = session;
    }

    @Override
    public void run() {
        try {
            for (long number = pacer.take(); number != Pacer.END; number = pacer.take()) {
                long scheduled = pacer.scheduledNanos(number);
                if (perform(planner.plan(number))) {
                    latencies.record(System.nanoTime() - scheduled);
                }
            }
        } catch (RuntimeException e) {
            failure = e;
            pacer.stop();
        } finally {
            endNanos = System.nanoTime();
            session.close();
        }
    }

    @Override
    public long endNanos() {
        return endNanos;
    }

    @Override
    public @Nullable RuntimeException failure() {
        return failure;
    }

    @Override
    public void abort() {
        session.abort();
    }

    /** Executes a transaction, again where that helps; true when it ended as planned. */
    private boolean perform(PlannedTransaction planned) {
        PlannedTransaction transaction = planned;
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
        long pauseMicros = RETRY_PAUSE_MICROS << Math.min(attempt, RETRY_DOUBLINGS_MAX);
        LockSupport.parkNanos(
                TimeUnit.MICROSECONDS.toNanos(ThreadLocalRandom.current().nextLong(1, pauseMicros)));
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
