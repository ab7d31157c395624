/** Contract of what starts jobs on other machines. */
@NullMarked
package io.tidemark.spi.job;

import org.jspecify.annotations.NullMarked;
