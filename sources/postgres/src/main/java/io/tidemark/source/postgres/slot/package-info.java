/** What the pipeline makes in the database and takes away again: publications and the replication slot; and the permissions for it. */
@NullMarked
package io.tidemark.source.postgres.slot;

import org.jspecify.annotations.NullMarked;
