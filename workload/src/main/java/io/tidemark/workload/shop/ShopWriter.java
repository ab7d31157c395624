package io.tidemark.workload.shop;

import io.tidemark.spi.item.ItemStore;
import io.tidemark.spi.item.WriteOutcome;
import io.tidemark.workload.run.Pacer;
import io.tidemark.workload.run.Run;
import io.tidemark.workload.run.RunWriter;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One thread of a run; all of them use one store, whose client repeats calls that the service did not answer. */
final class ShopWriter implements RunWriter {
    private static final int RETRIES_MAX = 20;
    private static final long RETRY_PAUSE_MICROS = 500;
    private static final int RETRY_DOUBLINGS_MAX = 8;

    private final ItemStore store;
    private final ShopPlanner planner;
    private final Run run;
    private volatile @Nullable Thread thread;
    private @Nullable RuntimeException failure;
    private long endNanos;

    ShopWriter(ItemStore store, ShopPlanner planner, Run run) {
        this.store = store;
        this.planner = planner;
        this.run = run;
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        Pacer pacer = run.pacer();
        try {
            for (long number = pacer.take(); number != Pacer.END; number = pacer.take()) {
                long scheduled = pacer.scheduledNanos(number);
                if (perform(planner.plan(number))) {
                    run.latencies().record(System.nanoTime() - scheduled);
                }
            }
        } catch (RuntimeException e) {
            failure = e;
            pacer.stop();
        } finally {
            endNanos = System.nanoTime();
        }
    }

    /** Writes a transaction, again after a conflict; true when it ended as planned. */
    private boolean perform(PlannedWrites planned) {
        for (int attempt = 0; attempt <= RETRIES_MAX; attempt++) {
            WriteOutcome outcome = write(planned);
            if (outcome != WriteOutcome.CONFLICT) {
                int[] rows = new int[planned.writes().size()];
                Arrays.fill(rows, outcome == WriteOutcome.WRITTEN ? 1 : 0);
                run.counters().addCommitted(planned.kinds(), rows);
                if (outcome == WriteOutcome.WRITTEN) {
                    planner.committed(planned);
                } else {
                    // One of several was missing: those that were to be deleted beside it are there still.
                    planner.abandoned(planned);
                }
                return true;
            }
            run.counters().addRetry();
            long pauseMicros = RETRY_PAUSE_MICROS << Math.min(attempt, RETRY_DOUBLINGS_MAX);
            LockSupport.parkNanos(
                    TimeUnit.MICROSECONDS.toNanos(ThreadLocalRandom.current().nextLong(1, pauseMicros)));
        }
        run.counters().addError();
        planner.abandoned(planned);
        return false;
    }

    private WriteOutcome write(PlannedWrites planned) {
        return switch (planned.how()) {
            case ONE -> store.write(planned.writes().get(0));
            case TOGETHER -> store.writeTogether(planned.writes());
            case BATCH -> {
                store.writeBatch(planned.writes());
                yield WriteOutcome.WRITTEN;
            }
        };
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
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }
}
