/** Debezium's embedded engine, whose events are counted and thrown away. */
@NullMarked
package io.tidemark.bench.debezium;

import org.jspecify.annotations.NullMarked;
