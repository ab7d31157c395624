/** Upserts: rounds of events, the last event of a key wins, one commit. */
@NullMarked
package io.tidemark.lake.upsert.apply;

import org.jspecify.annotations.NullMarked;
