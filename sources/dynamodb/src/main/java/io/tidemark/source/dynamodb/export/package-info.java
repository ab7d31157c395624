/** Exports of tables to S3: their manifests, files and items. */
@NullMarked
package io.tidemark.source.dynamodb.export;

import org.jspecify.annotations.NullMarked;
