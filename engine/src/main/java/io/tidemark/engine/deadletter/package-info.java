/** Rows that were set aside because a value of them has no place in its column's type. */
@NullMarked
package io.tidemark.engine.deadletter;

import org.jspecify.annotations.NullMarked;
