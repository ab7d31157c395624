/** Consistent cuts: how one is taken, and how tables are read from it. */
@NullMarked
package io.tidemark.source.postgres.snapshot;

import org.jspecify.annotations.NullMarked;
