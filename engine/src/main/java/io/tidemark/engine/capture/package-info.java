/** The capture role: change stream in, sealed slices out. */
@NullMarked
package io.tidemark.engine.capture;

import org.jspecify.annotations.NullMarked;
