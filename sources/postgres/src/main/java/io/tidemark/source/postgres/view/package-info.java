/** Sessions that all see the database as of one position, and relations as those sessions see them. */
@NullMarked
package io.tidemark.source.postgres.view;

import org.jspecify.annotations.NullMarked;
