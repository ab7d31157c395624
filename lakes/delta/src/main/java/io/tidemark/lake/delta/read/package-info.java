/** Reading through Delta Kernel. */
@NullMarked
package io.tidemark.lake.delta.read;

import org.jspecify.annotations.NullMarked;
