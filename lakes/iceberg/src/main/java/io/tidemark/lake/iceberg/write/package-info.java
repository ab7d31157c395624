/** Data files and deletes on their way into a commit. */
@NullMarked
package io.tidemark.lake.iceberg.write;

import org.jspecify.annotations.NullMarked;
