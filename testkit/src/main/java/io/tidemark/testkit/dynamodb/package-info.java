/** A real server that speaks DynamoDB. */
@NullMarked
package io.tidemark.testkit.dynamodb;

import org.jspecify.annotations.NullMarked;
