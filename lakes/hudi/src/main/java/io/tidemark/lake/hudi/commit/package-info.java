/** What a commit says and when it may be made. */
@NullMarked
package io.tidemark.lake.hudi.commit;

import org.jspecify.annotations.NullMarked;
