/** Declaration of settings: each is declared once, and validation, help and reference derive from it. */
@NullMarked
package io.tidemark.spi.config;

import org.jspecify.annotations.NullMarked;
