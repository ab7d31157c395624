/** A real Postgres server for tests. */
@NullMarked
package io.tidemark.testkit.postgres;

import org.jspecify.annotations.NullMarked;
