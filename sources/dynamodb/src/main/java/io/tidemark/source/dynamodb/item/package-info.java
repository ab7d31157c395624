/** Items as rows: attributes as columns, their types, their text. */
@NullMarked
package io.tidemark.source.dynamodb.item;

import org.jspecify.annotations.NullMarked;
