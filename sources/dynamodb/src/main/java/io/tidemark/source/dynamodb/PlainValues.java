package io.tidemark.source.dynamodb;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Values of items as plain Java, and back for those of keys. */
final class PlainValues {
    private PlainValues() {}

    static Map<String, AttributeValue> attributes(Map<?, ?> plain) {
        Map<String, AttributeValue> attributes = new HashMap<>();
        plain.forEach((name, value) -> attributes.put(String.valueOf(name), attribute(value)));
        return attributes;
    }

    static AttributeValue attribute(Object plain) {
        if (plain instanceof String text) {
            return AttributeValue.fromS(text);
        }
        if (plain instanceof Number number) {
            return AttributeValue.fromN(text(number));
        }
        if (plain instanceof Boolean flag) {
            return AttributeValue.fromBool(flag);
        }
        if (plain instanceof byte[] bytes) {
            return AttributeValue.fromB(SdkBytes.fromByteArray(bytes));
        }
        if (plain instanceof Map<?, ?> map) {
            return AttributeValue.fromM(attributes(map));
        }
        if (plain instanceof List<?> list) {
            return AttributeValue.fromL(
                    list.stream().map(PlainValues::attribute).toList());
        }
        if (plain instanceof Set<?> set) {
            return set(set);
        }
        throw new IllegalArgumentException("Cannot write an attribute: no type of DynamoDB holds a "
                + plain.getClass().getSimpleName());
    }

    private static AttributeValue set(Collection<?> values) {
        Object first = values.iterator().next();
        if (first instanceof Number) {
            return AttributeValue.fromNs(
                    values.stream().map(value -> text((Number) value)).toList());
        }
        if (first instanceof byte[]) {
            return AttributeValue.fromBs(values.stream()
                    .map(value -> SdkBytes.fromByteArray((byte[]) value))
                    .toList());
        }
        return AttributeValue.fromSs(values.stream().map(String::valueOf).toList());
    }

    private static String text(Number number) {
        return number instanceof BigDecimal decimal ? decimal.toPlainString() : String.valueOf(number);
    }

    /** A key of text and numbers. */
    static Map<String, Object> key(Map<String, AttributeValue> key) {
        Map<String, Object> plain = new HashMap<>();
        key.forEach((name, value) -> plain.put(name, value.s() != null ? value.s() : new BigDecimal(value.n())));
        return plain;
    }
}
