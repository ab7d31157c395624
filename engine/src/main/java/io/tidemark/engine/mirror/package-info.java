/** How a mirror differs from its table: its name, the names of its columns, and columns that it has beside the table's. */
@NullMarked
package io.tidemark.engine.mirror;

import org.jspecify.annotations.NullMarked;
