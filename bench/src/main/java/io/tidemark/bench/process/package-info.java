/** Processes that are measured from outside. */
@NullMarked
package io.tidemark.bench.process;

import org.jspecify.annotations.NullMarked;
