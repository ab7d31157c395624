package io.tidemark.workload.bank;

import io.tidemark.workload.run.ChangeKind;
import java.util.List;

/**
 * A transaction with all its values.
 *
 * @param number its place in the run
 * @param end how it ends
 * @param changes in the order in which they are executed: by statement, then by lock order
 */
record PlannedTransaction(long number, End end, List<Change> changes) {
    /** How a transaction ends. */
    enum End {
        COMMIT,
        ROLLBACK
    }

    PlannedTransaction {
        changes = List.copyOf(changes);
    }

    List<ChangeKind> kinds() {
        return changes.stream().map(change -> change.statement().kind()).toList();
    }

    PlannedTransaction withNewKeys(MicroClock clock) {
        List<Change> renewed =
                changes.stream().map(change -> change.withNewKey(clock)).toList();
        return new PlannedTransaction(number, end, renewed);
    }
}
