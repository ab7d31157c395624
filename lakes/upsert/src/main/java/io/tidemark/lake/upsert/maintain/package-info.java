/** Upkeep of mirrors that all formats share. */
@NullMarked
package io.tidemark.lake.upsert.maintain;

import org.jspecify.annotations.NullMarked;
