/** Amazon DynamoDB: tables by scan, changes from DynamoDB Streams. */
@NullMarked
package io.tidemark.source.dynamodb;

import org.jspecify.annotations.NullMarked;
