/** Cuts: slices at which all mirrors are consistent with each other. */
@NullMarked
package io.tidemark.engine.cut;

import org.jspecify.annotations.NullMarked;
