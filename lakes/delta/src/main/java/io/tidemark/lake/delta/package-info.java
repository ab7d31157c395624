/** Mirrors as Delta Lake tables: the log by the protocol's specification, read through Delta Kernel. */
@NullMarked
package io.tidemark.lake.delta;

import org.jspecify.annotations.NullMarked;
