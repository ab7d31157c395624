package io.tidemark.workload.run;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** The counts of a run that all its threads add to; {@link WorkloadCounts} says what they mean. */
public final class Counters {
    private final LongAdder committed = new LongAdder();
    private final LongAdder rolledBack = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final LongAdder reconnects = new LongAdder();
    private final LongAdder unknown = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder inserts = new LongAdder();
    private final LongAdder updates = new LongAdder();
    private final LongAdder deletes = new LongAdder();
    private final LongAdder missed = new LongAdder();

    /** Adds a committed transaction whose changes hit the given numbers of rows. */
    public void addCommitted(List<ChangeKind> changes, int[] rows) {
        committed.increment();
        for (int i = 0; i < changes.size(); i++) {
            if (rows[i] == 0) {
                missed.increment();
                continue;
            }
            switch (changes.get(i)) {
                case INSERT -> inserts.increment();
                case UPDATE -> updates.increment();
                case DELETE -> deletes.increment();
            }
        }
    }

    public void addRolledBack() {
        rolledBack.increment();
    }

    public void addRetry() {
        retries.increment();
    }

    public void addReconnect() {
        reconnects.increment();
    }

    public void addUnknown() {
        unknown.increment();
    }

    public void addError() {
        errors.increment();
    }

    public WorkloadCounts read() {
        return new WorkloadCounts(
                committed.sum(),
                rolledBack.sum(),
                inserts.sum(),
                updates.sum(),
                deletes.sum(),
                missed.sum(),
                retries.sum(),
                reconnects.sum(),
                unknown.sum(),
                errors.sum());
    }
}
