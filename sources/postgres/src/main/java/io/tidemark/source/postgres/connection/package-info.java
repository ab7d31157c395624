/** How connections to the database are made, and how its errors become codes with remedies. */
@NullMarked
package io.tidemark.source.postgres.connection;

import org.jspecify.annotations.NullMarked;
