package io.tidemark.lake.hudi.commit;

import java.nio.file.Path;
import java.util.Map;

/**
 * How mirrors are written.
 *
 * @param index how the file groups of keys are found
 * @param isInlineCompaction whether log files are merged as part of the commit that makes it due
 * @param compactionCommits commits after which log files are merged
 * @param retainedCommits commits whose files cleaning keeps
 * @param fileBytes size at which a base file is full
 * @param memoryBytes memory for rows of one apply or chunk
 * @param spill folder on local disk for what does not fit
 * @param properties further settings of Hudi's write client
 */
public record WriteOptions(
        Index index,
        boolean isInlineCompaction,
        int compactionCommits,
        int retainedCommits,
        long fileBytes,
        long memoryBytes,
        Path spill,
        Map<String, String> properties) {
    public WriteOptions {
        properties = Map.copyOf(properties);
    }

    /** Hudi's index types that are offered. */
    public enum Index {
        /** The keys of every base file are read. */
        SIMPLE,
        /** Only those whose Bloom filter and range of keys say that they may hold one of the keys. */
        BLOOM
    }
}
