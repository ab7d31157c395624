/** Change events in columns: what travels between source, slices, worker and lake. */
@NullMarked
package io.tidemark.spi.change;

import org.jspecify.annotations.NullMarked;
