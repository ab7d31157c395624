package io.tidemark.engine.work;

import io.tidemark.spi.schema.TableId;

/**
 * Work for one table: bring its mirror up to a slice.
 *
 * @param table the table
 * @param throughSlice newest slice to apply
 */
public record WorkItem(TableId table, long throughSlice) {}
