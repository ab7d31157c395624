/** The orchestrator: compares sealed slices with applied ones, dispatches work, records cuts, prunes. */
@NullMarked
package io.tidemark.engine.orchestrate;

import org.jspecify.annotations.NullMarked;
