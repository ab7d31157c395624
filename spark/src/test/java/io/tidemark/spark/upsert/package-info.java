@NullMarked
package io.tidemark.spark.upsert;

import org.jspecify.annotations.NullMarked;
