/** An in-memory metadata store with fault switches, and the suite that every metadata store must pass. */
@NullMarked
package io.tidemark.testkit.metastore;

import org.jspecify.annotations.NullMarked;
