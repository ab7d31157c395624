/** A limit, Tidemark and its peers on the same work, in turn, several times; what each took, and whether Tidemark reached what it must. */
@NullMarked
package io.tidemark.bench.contest;

import org.jspecify.annotations.NullMarked;
