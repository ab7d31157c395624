/** Rows between columns and Avro. */
@NullMarked
package io.tidemark.lake.hudi.row;

import org.jspecify.annotations.NullMarked;
