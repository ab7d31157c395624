/**
 * Mirrors in table formats whose data files are Parquet files of which single rows can be marked as deleted: one implementation of loads, upserts
 * through a key index, and compaction. A format brings a {@link io.tidemark.lake.upsert.table.TableStore}.
 */
@NullMarked
package io.tidemark.lake.upsert;

import org.jspecify.annotations.NullMarked;
