/** Files on local disk. */
@NullMarked
package io.tidemark.lake.hudi.storage;

import org.jspecify.annotations.NullMarked;
