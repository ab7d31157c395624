/** Contract of vaults that keep secrets which the configuration refers to. */
@NullMarked
package io.tidemark.spi.secret;

import org.jspecify.annotations.NullMarked;
