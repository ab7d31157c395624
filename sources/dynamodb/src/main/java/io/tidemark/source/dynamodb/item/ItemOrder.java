package io.tidemark.source.dynamodb.item;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The order in which names and the elements of sets are written, since neither has one of its own. */
final class ItemOrder {
    /** Text by code points, which is the order of its UTF-8 bytes. */
    static final Comparator<String> TEXT = ItemOrder::compareText;

    /** Numbers by value. */
    private static final Comparator<String> NUMBER =
            Comparator.<String, BigDecimal>comparing(BigDecimal::new).thenComparing(TEXT);

    /** Bytes as unsigned numbers. */
    private static final Comparator<SdkBytes> BYTES =
            (left, right) -> Arrays.compareUnsigned(left.asByteArrayUnsafe(), right.asByteArrayUnsafe());

    private ItemOrder() {}

    static List<String> strings(AttributeValue set) {
        return set.ss().stream().sorted(TEXT).toList();
    }

    /**
     * Sorted numbers.
     *
     * @throws MisfitException when one is no number
     */
    static List<String> numbers(AttributeValue set) {
        try {
            return set.ns().stream().sorted(NUMBER).toList();
        } catch (NumberFormatException e) {
            throw new MisfitException("a number cannot be read");
        }
    }

    static List<SdkBytes> bytes(AttributeValue set) {
        return set.bs().stream().sorted(BYTES).toList();
    }

    /** The elements of a set, sorted, or of a list, as they are. */
    static List<AttributeValue> elements(AttributeValue value) {
        return switch (Attributes.type(value)) {
            case SS -> strings(value).stream().map(AttributeValue::fromS).toList();
            case NS -> numbers(value).stream().map(AttributeValue::fromN).toList();
            case BS -> bytes(value).stream().map(AttributeValue::fromB).toList();
            case L -> value.l();
            default -> throw new MisfitException("it is no list and no set");
        };
    }

    private static int compareText(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            char ours = left.charAt(i);
            char theirs = right.charAt(i);
            if (ours != theirs) {
                // What needs two chars comes after what needs one, though its chars are not the greatest.
                boolean isPair = Character.isSurrogate(ours);
                return isPair == Character.isSurrogate(theirs) ? ours - theirs : isPair ? 1 : -1;
            }
        }
        return left.length() - right.length();
    }
}
