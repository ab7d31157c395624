/** Compares the rows of a table and its mirror: by bucket first, then row by row, and names the keys that differ. */
@NullMarked
package io.tidemark.engine.compare;

import org.jspecify.annotations.NullMarked;
