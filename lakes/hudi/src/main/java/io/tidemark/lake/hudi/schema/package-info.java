/** How a mirror's columns, key and partitions are told to Hudi. */
@NullMarked
package io.tidemark.lake.hudi.schema;

import org.jspecify.annotations.NullMarked;
