/** What a table format gives to be upserted into: versions, data files, commits. */
@NullMarked
package io.tidemark.lake.upsert.table;

import org.jspecify.annotations.NullMarked;
