/** The worker on Spark: main class of tidemark-spark.jar. */
@NullMarked
package io.tidemark.spark;

import org.jspecify.annotations.NullMarked;
