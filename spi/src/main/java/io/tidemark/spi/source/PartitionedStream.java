package io.tidemark.spi.source;

import java.time.Duration;

/**
 * Reads partitions side by side. One thread calls it. A partition that cannot be read is told to the sink and never keeps the others from being
 * read; events of one partition arrive in its order, at least once.
 */
public interface PartitionedStream extends AutoCloseable {
    /** Reads a partition from now on too. */
    void add(StreamPartition partition, PartitionPosition from);

    /** Reads a partition no more; one that is not read is no error. */
    void remove(String partition);

    /**
     * Hands what has arrived to the sink, waiting for something to arrive at most {@code wait}.
     *
     * @return events handed on; 0 when nothing arrived
     */
    long poll(PartitionSink sink, Duration wait);

    @Override
    void close();
}
