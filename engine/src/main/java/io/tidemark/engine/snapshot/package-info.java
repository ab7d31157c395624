/** The snapshot role: existing rows into mirrors, in chunks, in parallel. */
@NullMarked
package io.tidemark.engine.snapshot;

import org.jspecify.annotations.NullMarked;
