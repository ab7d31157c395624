/** The contract of a local SQL engine over pinned mirror tables and the slice log. */
@NullMarked
package io.tidemark.spi.query;

import org.jspecify.annotations.NullMarked;
