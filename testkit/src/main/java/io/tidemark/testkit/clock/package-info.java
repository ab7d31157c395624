/** A clock that a test moves. */
@NullMarked
package io.tidemark.testkit.clock;

import org.jspecify.annotations.NullMarked;
