package io.tidemark.source.dynamodb.item;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What an attribute's value is. */
final class Attributes {
    private Attributes() {}

    /** The value's type; UNKNOWN_TO_SDK_VERSION also for one that has several types or none. */
    static AttributeValue.Type type(AttributeValue value) {
        AttributeValue.Type type = value.type();
        return type == null ? AttributeValue.Type.UNKNOWN_TO_SDK_VERSION : type;
    }

    /** The type as DynamoDB writes it: {@code S}, {@code NULL}, ... */
    static String letters(AttributeValue value) {
        AttributeValue.Type type = type(value);
        return switch (type) {
            case NUL -> "NULL";
            case UNKNOWN_TO_SDK_VERSION -> "unknown";
            default -> type.name();
        };
    }

    /** Whether there is no value: the attribute is not there, or is NULL. */
    static boolean isAbsent(@Nullable AttributeValue value) {
        return value == null || value.type() == AttributeValue.Type.NUL;
    }
}
