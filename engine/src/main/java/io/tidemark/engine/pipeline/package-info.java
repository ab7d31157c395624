/** The opened parts of one pipeline. */
@NullMarked
package io.tidemark.engine.pipeline;

import org.jspecify.annotations.NullMarked;
