package io.tidemark.source.dynamodb.export;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A change of an incremental export.
 *
 * @param keys the item's key
 * @param newImage the item at the end of the range; null when it was deleted
 * @param oldImage the item before the range; null when it was inserted, and always in exports with {@code NEW_IMAGE}
 * @param writeTimestampMicros time of its last write, by the clock of DynamoDB, in microseconds since 1970
 */
public record ExportedChange(
        Map<String, AttributeValue> keys,
        @Nullable Map<String, AttributeValue> newImage,
        @Nullable Map<String, AttributeValue> oldImage,
        long writeTimestampMicros) {}
