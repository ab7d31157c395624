/** A server for benchmarks, its tables and changes, and the limits that its own client programs show. */
@NullMarked
package io.tidemark.bench.postgres;

import org.jspecify.annotations.NullMarked;
