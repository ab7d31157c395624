/**
 * Which rows of a table are mirrored. A condition is said twice, in SQL for what is read and in Java for what the stream brings; both have the
 * literal from one parsed value and the order from one definition, so that they select the same rows.
 */
@NullMarked
package io.tidemark.source.postgres.filter;

import org.jspecify.annotations.NullMarked;
