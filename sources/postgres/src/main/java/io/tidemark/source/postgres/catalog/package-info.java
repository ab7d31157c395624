/** What the database's catalog says about tables: columns, keys, replica identity, partitions. */
@NullMarked
package io.tidemark.source.postgres.catalog;

import org.jspecify.annotations.NullMarked;
