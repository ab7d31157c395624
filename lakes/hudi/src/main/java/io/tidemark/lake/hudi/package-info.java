/** Mirror tables in Apache Hudi, through its Java client. */
@NullMarked
package io.tidemark.lake.hudi;

import org.jspecify.annotations.NullMarked;
