/** What users do to tables and to the pipeline. */
@NullMarked
package io.tidemark.engine.steer;

import org.jspecify.annotations.NullMarked;
