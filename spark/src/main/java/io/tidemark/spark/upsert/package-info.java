/** Upserts spread over Spark's tasks. */
@NullMarked
package io.tidemark.spark.upsert;

import org.jspecify.annotations.NullMarked;
