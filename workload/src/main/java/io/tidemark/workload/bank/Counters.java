package io.tidemark.workload.bank;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** The counts of a run that all its threads add to. */
final class Counters {
    final LongAdder committed = new LongAdder();
    final LongAdder rolledBack = new LongAdder();
    final LongAdder retries = new LongAdder();
    final LongAdder reconnects = new LongAdder();
    final LongAdder unknown = new LongAdder();
    final LongAdder errors = new LongAdder();
    private final LongAdder inserts = new LongAdder();
    private final LongAdder updates = new LongAdder();
    private final LongAdder deletes = new LongAdder();
    private final LongAdder missed = new LongAdder();

    /** Adds a committed transaction whose changes hit the given numbers of rows. */
    void addCommitted(List<Change> changes, int[] rows) {
        committed.increment();
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] == 0) {
                missed.increment();
                continue;
            }
            switch (changes.get(i).statement().kind()) {
                case INSERT -> inserts.increment();
                case UPDATE -> updates.increment();
                case DELETE -> deletes.increment();
            }
        }
    }

    WorkloadCounts read() {
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
