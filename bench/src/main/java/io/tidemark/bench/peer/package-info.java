/** What a user would otherwise run, as processes that are measured the same way. */
@NullMarked
package io.tidemark.bench.peer;

import org.jspecify.annotations.NullMarked;
