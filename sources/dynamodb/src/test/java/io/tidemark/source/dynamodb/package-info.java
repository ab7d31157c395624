/** Tests of the source against DynamoDB Local. */
@NullMarked
package io.tidemark.source.dynamodb;

import org.jspecify.annotations.NullMarked;
