/** Mirror tables in Apache Hudi, tested. */
@NullMarked
package io.tidemark.lake.hudi;

import org.jspecify.annotations.NullMarked;
