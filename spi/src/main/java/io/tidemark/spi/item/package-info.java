/** Stores of items that workloads write to; what mirrors them is a {@link io.tidemark.spi.source.Source}. */
@NullMarked
package io.tidemark.spi.item;

import org.jspecify.annotations.NullMarked;
