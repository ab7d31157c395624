/** The key index: where the row of a key is. Local, disposable, rebuilt from the table. */
@NullMarked
package io.tidemark.lake.upsert.index;

import org.jspecify.annotations.NullMarked;
