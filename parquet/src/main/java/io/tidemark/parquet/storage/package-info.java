/** Object storage on a local disk. */
@NullMarked
package io.tidemark.parquet.storage;

import org.jspecify.annotations.NullMarked;
