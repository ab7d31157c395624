/** How a mirror is made: columns, partition fields, folder and the properties that tell it all again. */
@NullMarked
package io.tidemark.lake.iceberg.schema;

import org.jspecify.annotations.NullMarked;
