package io.tidemark.spi.query;

import io.tidemark.spi.schema.RowSchema;

/**
 * A file of the slice log with events of one table.
 *
 * @param location location of the Parquet file
 * @param bytes size of the file
 * @param schema the version of the table's schema that its rows have
 */
public record HistoryFile(String location, long bytes, RowSchema schema) {}
