/** The worker: applies the next slices of a table to its mirror. */
@NullMarked
package io.tidemark.engine.work;

import org.jspecify.annotations.NullMarked;
