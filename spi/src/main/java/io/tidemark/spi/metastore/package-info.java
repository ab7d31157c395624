/** The contract of the metadata store: four calls, compare-and-set at its heart. */
@NullMarked
package io.tidemark.spi.metastore;

import org.jspecify.annotations.NullMarked;
