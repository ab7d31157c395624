/** The contract of a source: a change stream in commit order, and consistent snapshots of it. */
@NullMarked
package io.tidemark.spi.source;

import org.jspecify.annotations.NullMarked;
