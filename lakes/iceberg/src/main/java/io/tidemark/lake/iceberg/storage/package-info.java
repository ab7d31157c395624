/** Files of the lake: local ones without Hadoop, and Iceberg's FileIO as object storage. */
@NullMarked
package io.tidemark.lake.iceberg.storage;

import org.jspecify.annotations.NullMarked;
