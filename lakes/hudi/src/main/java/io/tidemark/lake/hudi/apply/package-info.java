/** Upserts: events folded by key, found in the table, written by Hudi's handles. */
@NullMarked
package io.tidemark.lake.hudi.apply;

import org.jspecify.annotations.NullMarked;
