package io.tidemark.spi.source;

import io.tidemark.spi.schema.TableId;

/**
 * A part of a table, in terms of its source.
 *
 * @param table the table
 * @param ordinal number of the chunk in its plan, from 0
 * @param relation where the rows are: the table, or one partition of it
 * @param range the source's own notation (Postgres: {@code from-to} heap blocks, {@code to} empty when unbounded)
 * @param estimatedRows estimate, -1 when unknown
 */
public record SnapshotChunk(TableId table, int ordinal, TableId relation, String range, long estimatedRows) {}
