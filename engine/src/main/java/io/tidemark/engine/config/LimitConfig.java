package io.tidemark.engine.config;

import java.time.Duration;

/**
 * Bounds.
 *
 * @param workers tables that are applied at the same time in one process; default 2
 * @param snapshotReaders connections that a load reads with; default 2
 * @param chunkBytes about how much of a table's heap one chunk of a load covers; default 256 MiB
 * @param applyBytes about how many bytes of slice files one apply takes on; default 256 MiB
 * @param cutTimeout how long a cut waits for the source's running transactions to end; default 60 s
 * @param retainedBytesMax log that the source may keep for the pipeline; default 10 GiB
 * @param onRetainedLog what happens when it keeps more; default an alarm
 * @param queryBytes memory of the local SQL engine; default 1 GiB
 * @param queryDiskBytes local disk for copies of files that queries and proofs read of a lake in object storage; default 50 GiB
 * @param deadLetters rows of one table that may be set aside; default 10,000
 */
public record LimitConfig(
        int workers,
        int snapshotReaders,
        long chunkBytes,
        long applyBytes,
        Duration cutTimeout,
        long retainedBytesMax,
        RetainedLogPolicy onRetainedLog,
        long queryBytes,
        long queryDiskBytes,
        int deadLetters) {}
