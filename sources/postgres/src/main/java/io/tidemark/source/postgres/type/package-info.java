/** Postgres types: which column type carries them, how their binary form is decoded, and the text that Postgres itself would print. */
@NullMarked
package io.tidemark.source.postgres.type;

import org.jspecify.annotations.NullMarked;
