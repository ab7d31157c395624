/** Keys and views of the metadata store. */
@NullMarked
package io.tidemark.engine.metadata;

import org.jspecify.annotations.NullMarked;
