/** The contract of the slice log: sealed, ordered, checked files of change events. */
@NullMarked
package io.tidemark.spi.slice;

import org.jspecify.annotations.NullMarked;
