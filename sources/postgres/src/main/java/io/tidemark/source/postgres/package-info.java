/** PostgreSQL 14 to 18 as a source: settings, and the source that ties catalog, slot, stream, snapshot and comparison together. */
@NullMarked
package io.tidemark.source.postgres;

import org.jspecify.annotations.NullMarked;
