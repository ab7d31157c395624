/** SQL over pinned mirrors and history. */
@NullMarked
package io.tidemark.engine.query;

import org.jspecify.annotations.NullMarked;
