package io.tidemark.source.dynamodb.export;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A line of a file: {@code Item} in a full export; {@code Keys}, {@code Metadata} and images in an incremental one. What a line does not have is
 * null.
 */
record ExportRecord(
        @Nullable Map<String, AttributeValue> item,
        @Nullable Map<String, AttributeValue> keys,
        @Nullable Map<String, AttributeValue> newImage,
        @Nullable Map<String, AttributeValue> oldImage,
        @Nullable Long micros) {

    Map<String, AttributeValue> toItem() throws MalformedRecordException {
        if (item == null || keys != null || newImage != null || oldImage != null || micros != null) {
            throw new MalformedRecordException("a record is no item");
        }
        return item;
    }

    ExportedChange toChange() throws MalformedRecordException {
        if (item != null || keys == null || micros == null) {
            throw new MalformedRecordException("a record is no change with keys and a write timestamp");
        }
        return new ExportedChange(keys, newImage, oldImage, micros);
    }

    /** Collects the fields of a line, none of which may be there twice. */
    static final class Builder {
        private @Nullable Map<String, AttributeValue> item;
        private @Nullable Map<String, AttributeValue> keys;
        private @Nullable Map<String, AttributeValue> newImage;
        private @Nullable Map<String, AttributeValue> oldImage;
        private @Nullable Long micros;

        void map(String field, Map<String, AttributeValue> attributes) throws MalformedRecordException {
            switch (field) {
                case "Item" -> item = once(item, attributes);
                case "Keys" -> keys = once(keys, attributes);
                case "NewImage" -> newImage = once(newImage, attributes);
                case "OldImage" -> oldImage = once(oldImage, attributes);
                default -> throw new MalformedRecordException("a record has a field that is not known");
            }
        }

        void micros(String text) throws MalformedRecordException {
            try {
                micros = once(micros, Long.valueOf(text));
            } catch (NumberFormatException e) {
                throw new MalformedRecordException("a write timestamp is no whole number");
            }
        }

        ExportRecord build() {
            return new ExportRecord(item, keys, newImage, oldImage, micros);
        }

        private static <T> T once(@Nullable T before, T value) throws MalformedRecordException {
            if (before != null) {
                throw new MalformedRecordException("a record has a field twice");
            }
            return value;
        }
    }
}
