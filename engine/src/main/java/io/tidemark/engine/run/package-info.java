/** Starts roles as threads, restarts them after errors, wakes them for each other. */
@NullMarked
package io.tidemark.engine.run;

import org.jspecify.annotations.NullMarked;
