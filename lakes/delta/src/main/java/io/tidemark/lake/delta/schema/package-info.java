/** Schemas of mirrors as Delta has them. */
@NullMarked
package io.tidemark.lake.delta.schema;

import org.jspecify.annotations.NullMarked;
