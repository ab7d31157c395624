/** The change stream: {@code pgoutput} messages as they come over a replication connection, decoded into columns, in commit order. */
@NullMarked
package io.tidemark.source.postgres.stream;

import org.jspecify.annotations.NullMarked;
