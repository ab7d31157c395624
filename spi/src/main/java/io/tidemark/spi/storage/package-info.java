/** The contract of object storage. */
@NullMarked
package io.tidemark.spi.storage;

import org.jspecify.annotations.NullMarked;
