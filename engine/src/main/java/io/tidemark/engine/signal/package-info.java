/** How the roles of one process wake and stop each other. */
@NullMarked
package io.tidemark.engine.signal;

import org.jspecify.annotations.NullMarked;
