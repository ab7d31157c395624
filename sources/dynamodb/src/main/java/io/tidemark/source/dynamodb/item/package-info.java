/**
 * Items as rows: attributes as columns, their types, their text. Pure: values in, rows or text out. Types, limits and names are those of AWS,
 * DynamoDB Developer Guide, "Supported data types and naming rules" and "Quotas".
 */
@NullMarked
package io.tidemark.source.dynamodb.item;

import org.jspecify.annotations.NullMarked;
