package io.tidemark.spi.source;

import io.tidemark.spi.change.Position;

/**
 * What the source keeps for a pipeline.
 *
 * @param current newest position of the source
 * @param acknowledged position up to which the pipeline has acknowledged
 * @param retainedBytes bytes of log that the source keeps because of the pipeline
 * @param slotExists whether the source keeps changes at all
 * @param active whether a stream is open
 */
public record SourceStatus(
        Position current, Position acknowledged, long retainedBytes, boolean slotExists, boolean active) {}
