/** The lake's catalog served to query engines as an Iceberg REST catalog that only reads. */
@NullMarked
package io.tidemark.lake.iceberg.rest;

import org.jspecify.annotations.NullMarked;
