/** The transaction log of a table: versions, commits, deletion vectors. */
@NullMarked
package io.tidemark.lake.delta.log;

import org.jspecify.annotations.NullMarked;
