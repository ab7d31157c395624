package io.tidemark.workload.shop;

import io.tidemark.spi.item.ItemStore;
import io.tidemark.spi.item.WriteOutcome;
import io.tidemark.workload.run.Run;
import io.tidemark.workload.run.RunWriter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One thread of a run; all of them use one store, whose client repeats calls that the service did not answer. */
final class ShopWriter extends RunWriter {
    private final ItemStore store;
    private final ShopPlanner planner;
    private final Run run;
    private volatile @Nullable Thread thread;

    ShopWriter(ItemStore store, ShopPlanner planner, Run run) {
        super(run);
        this.store = store;
        this.planner = planner;
        this.run = run;
    }

    /** Writes a transaction, again after a conflict. */
    @Override
    protected boolean perform(long number) {
        thread = Thread.currentThread();
        PlannedWrites planned = planner.plan(number);
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
            pauseBeforeRetry(attempt);
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
    public void abort() {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }
}
