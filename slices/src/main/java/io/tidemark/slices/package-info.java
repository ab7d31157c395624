/**
 * The time-slice format: Parquet files and a manifest per slice, sealed by one compare-and-set. The written specification is
 * {@code docs/reference/slice-format.md}.
 */
@NullMarked
package io.tidemark.slices;

import org.jspecify.annotations.NullMarked;
