/** Benchmarks of the whole pipeline. Each prints its figure beside the limit that was measured in the same run, as a ratio. */
@NullMarked
package io.tidemark.bench;

import org.jspecify.annotations.NullMarked;
