/** What is where, how fresh, how far behind, what failed and what to do. */
@NullMarked
package io.tidemark.engine.status;

import org.jspecify.annotations.NullMarked;
