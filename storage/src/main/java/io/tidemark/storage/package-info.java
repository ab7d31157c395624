/** Files of a lake, whatever its format: on local disk without Hadoop, and through Iceberg's FileIO in object storage. */
@NullMarked
package io.tidemark.storage;

import org.jspecify.annotations.NullMarked;
