/** Proof that mirror and source are equal at one position, and repair of what is not. */
@NullMarked
package io.tidemark.engine.verify;

import org.jspecify.annotations.NullMarked;
