/** What a version of a table consists of: live files and their deleted rows. */
@NullMarked
package io.tidemark.lake.iceberg.plan;

import org.jspecify.annotations.NullMarked;
