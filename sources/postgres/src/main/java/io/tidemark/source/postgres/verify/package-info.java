/**
 * The database's side of a comparison. The database renders every value as canonical text by itself, so no decoder of the capture path takes
 * part; here the texts are only put one after the other, hashed and summed, which costs the database a fifth of what hashing in SQL would.
 */
@NullMarked
package io.tidemark.source.postgres.verify;

import org.jspecify.annotations.NullMarked;
