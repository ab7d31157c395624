package io.tidemark.engine.snapshot;

import java.time.Instant;

/**
 * How far a load is; written about once a second.
 *
 * @param chunks chunks in all
 * @param chunksDone chunks finished, by earlier runs too
 * @param rows rows read by this run
 * @param estimatedRows rows that the source estimates in all, -1 when unknown
 * @param startedAt start of this run
 * @param at when this was written
 */
public record LoadProgress(int chunks, int chunksDone, long rows, long estimatedRows, Instant startedAt, Instant at) {}
