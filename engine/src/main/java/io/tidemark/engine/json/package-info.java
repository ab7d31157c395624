/** How records are written as JSON in the metadata store. */
@NullMarked
package io.tidemark.engine.json;

import org.jspecify.annotations.NullMarked;
