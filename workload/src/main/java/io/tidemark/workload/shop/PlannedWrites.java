package io.tidemark.workload.shop;

import io.tidemark.spi.item.ItemWrite;
import io.tidemark.workload.run.ChangeKind;
import java.util.List;

/**
 * The writes of one transaction, each of another item.
 *
 * @param number its place in the run
 * @param how how they are written
 * @param writes the writes
 */
record PlannedWrites(long number, How how, List<ItemWrite> writes) {
    /** How writes reach the store. */
    enum How {
        ONE,
        BATCH,
        TOGETHER
    }

    PlannedWrites {
        writes = List.copyOf(writes);
    }

    List<ChangeKind> kinds() {
        return writes.stream()
                .map(write -> switch (write.kind()) {
                    case PUT -> ChangeKind.INSERT;
                    case UPDATE -> ChangeKind.UPDATE;
                    case DELETE -> ChangeKind.DELETE;
                })
                .toList();
    }
}
