package io.tidemark.lake.hudi.commit;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.File;
import java.io.Serializable;
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
        File spill,
        Map<String, String> properties)
        implements Serializable {
    public WriteOptions {
        properties = Map.copyOf(properties);
    }

    /** @throws TidemarkException {@code CONFIG_INVALID} when the further settings have one that Tidemark decides */
    public void requireFree() {
        WriteConfigs.own(this).forEach((key, value) -> {
            if (properties.containsKey(key)) {
                throw new TidemarkException(
                        ErrorCode.CONFIG_INVALID,
                        "Cannot open a Hudi lake: a property is one that Tidemark sets itself (property=" + key
                                + ", value=" + value + ")",
                        "Take it out of 'properties:'; what can be chosen has a setting of its own under 'lake:'.",
                        null);
            }
        });
    }

    /** The same for a task on any machine: what does not fit goes to the machine's folder for temporary files. */
    public WriteOptions inTask() {
        return new WriteOptions(
                index,
                isInlineCompaction,
                compactionCommits,
                retainedCommits,
                fileBytes,
                memoryBytes,
                Path.of(System.getProperty("java.io.tmpdir"), "tidemark-hudi").toFile(),
                properties);
    }

    /** Hudi's index types that are offered. */
    public enum Index {
        /** The keys of every base file are read. */
        SIMPLE,
        /** Only those whose Bloom filter and range of keys say that they may hold one of the keys. */
        BLOOM
    }
}
