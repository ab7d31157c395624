/** The contract of a lake: mirror tables that are loaded, upserted at a position, and pinned. */
@NullMarked
package io.tidemark.spi.lake;

import org.jspecify.annotations.NullMarked;
