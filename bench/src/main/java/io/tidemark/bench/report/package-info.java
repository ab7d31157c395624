/** Results as files: JSON, charts, and the page of all of them. */
@NullMarked
package io.tidemark.bench.report;

import org.jspecify.annotations.NullMarked;
