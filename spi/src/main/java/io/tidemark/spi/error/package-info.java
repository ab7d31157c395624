/** The one exception type and its codes: kind, retry rule and remedy of everything that can go wrong. */
@NullMarked
package io.tidemark.spi.error;

import org.jspecify.annotations.NullMarked;
