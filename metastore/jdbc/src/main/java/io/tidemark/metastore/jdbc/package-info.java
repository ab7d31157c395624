/** The metadata store in one table of SQLite (embedded, the default) or PostgreSQL. */
@NullMarked
package io.tidemark.metastore.jdbc;

import org.jspecify.annotations.NullMarked;
