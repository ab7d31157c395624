/** Upserts as jobs on other machines: what a job is told, what it says it did, and what starts it. */
@NullMarked
package io.tidemark.engine.job;

import org.jspecify.annotations.NullMarked;
