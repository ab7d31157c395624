package io.tidemark.engine.capture;

import java.time.Instant;
import java.util.List;

/**
 * What a helper of capture says of itself, about once a second and with every part.
 *
 * @param fence of its lease
 * @param life of the share that it reads
 * @param version of the share that it reads: what an earlier one had besides is in the part or in none
 * @param part number of its newest part; 0 before the first
 * @param path where that part is described; empty before the first
 * @param caughtUpAt all events of its partitions from before then are in this part or earlier ones
 * @param partitions how many partitions it reads
 * @param events events that it captured
 * @param lagging partitions that cannot be read or are far behind
 * @param at when this was written
 */
record HelperReport(
        long fence,
        long life,
        long version,
        long part,
        String path,
        Instant caughtUpAt,
        int partitions,
        long events,
        List<LaggingPartition> lagging,
        Instant at) {
    HelperReport {
        lagging = List.copyOf(lagging);
    }
}
