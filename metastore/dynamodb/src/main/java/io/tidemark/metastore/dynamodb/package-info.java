/** The metadata store on Amazon DynamoDB. */
@NullMarked
package io.tidemark.metastore.dynamodb;

import org.jspecify.annotations.NullMarked;
