/** Conditional commits: progress in the snapshot summary, checked inside the catalog's compare-and-swap. */
@NullMarked
package io.tidemark.lake.iceberg.commit;

import org.jspecify.annotations.NullMarked;
