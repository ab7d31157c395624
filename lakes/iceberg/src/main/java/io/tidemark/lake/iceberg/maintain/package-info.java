/** Upkeep: compaction of small files and deletes, expiry of old versions. */
@NullMarked
package io.tidemark.lake.iceberg.maintain;

import org.jspecify.annotations.NullMarked;
