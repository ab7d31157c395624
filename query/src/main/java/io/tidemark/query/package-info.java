/**
 * Local SQL on DuckDB in this process. A query is parsed first; the tables it names are pinned, become views over their live rows, and the
 * database is then closed to every other file before the query runs. The same live rows are digested for comparison.
 */
@NullMarked
package io.tidemark.query;

import org.jspecify.annotations.NullMarked;
