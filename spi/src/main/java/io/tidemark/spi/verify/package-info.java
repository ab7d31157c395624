/** What both sides of a comparison answer: digests by bucket, and rows in canonical text. */
@NullMarked
package io.tidemark.spi.verify;

import org.jspecify.annotations.NullMarked;
