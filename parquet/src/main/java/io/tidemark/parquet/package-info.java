/** Parquet files written from and read into column vectors, without row objects and without Hadoop's file systems and codecs. */
@NullMarked
package io.tidemark.parquet;

import org.jspecify.annotations.NullMarked;
