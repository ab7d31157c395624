/** Tests of a configuration against the real source, lake and metadata store. */
@NullMarked
package io.tidemark.engine.check;

import org.jspecify.annotations.NullMarked;
