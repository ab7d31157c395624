/** Mirror tables in Apache Iceberg: the lake, its tables, and how they are loaded, upserted, read and kept up. */
@NullMarked
package io.tidemark.lake.iceberg;

import org.jspecify.annotations.NullMarked;
