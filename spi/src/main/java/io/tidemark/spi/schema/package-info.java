/** What a table looks like: names, columns, types, key. */
@NullMarked
package io.tidemark.spi.schema;

import org.jspecify.annotations.NullMarked;
