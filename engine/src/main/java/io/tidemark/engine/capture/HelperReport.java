package io.tidemark.engine.capture;

import java.time.Instant;
import java.util.List;

/**
 * What a helper of capture says of itself: with every part, and about once a second when it has something else to say.
 *
 * @param fence of its lease
 * @param life of the share that it reads
 * @param version of the share that it reads: what an earlier one had besides is in the part or in none
 * @param part number of its newest part; 0 before the first
 * @param path where that part is described; empty before the first
 * @param caughtUpAt all events of its partitions from before then are in this part or earlier ones
 * @param passed events of its partitions from before then are in this part or earlier ones, those that are late aside
 * @param lagging partitions that cannot be read or are far behind
 */
record HelperReport(
        long fence,
        long life,
        long version,
        long part,
        String path,
        Instant caughtUpAt,
        Instant passed,
        List<LaggingPartition> lagging) {
    HelperReport {
        // Reports of earlier versions do not say it.
        passed = passed == null ? Instant.EPOCH : passed;
        lagging = List.copyOf(lagging);
    }
}
