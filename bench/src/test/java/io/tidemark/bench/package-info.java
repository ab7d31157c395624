@NullMarked
package io.tidemark.bench;

import org.jspecify.annotations.NullMarked;
