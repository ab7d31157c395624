package io.tidemark.source.dynamodb.item;

import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Text of values in columns of strings. JSON (RFC 8259) without white space: N as a number with the digits received; B in base64 with padding
 * (RFC 4648, section 4); sets as arrays, sorted ({@link ItemOrder}); members of objects by name in the order of code points.
 */
final class JsonText {
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

    private JsonText() {}

    /**
     * The value as JSON.
     *
     * @throws MisfitException when it holds a number that is none, or a type that is not known
     */
    static String json(AttributeValue value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    /** S itself, N with the digits received, B in base64; else as {@link #json}. */
    static String plain(AttributeValue value) {
        return switch (Attributes.type(value)) {
            case S -> value.s();
            case N -> value.n();
            case B -> base64(value.b());
            default -> json(value);
        };
    }

    static String base64(SdkBytes bytes) {
        return Base64.getEncoder().encodeToString(bytes.asByteArrayUnsafe());
    }

    /** Members of an object or attributes of an item in the order in which they are written. */
    static Map<String, AttributeValue> sorted(Map<String, AttributeValue> members) {
        Map<String, AttributeValue> sorted = new TreeMap<>(ItemOrder.TEXT);
        sorted.putAll(members);
        return sorted;
    }

    /** Writes items in brackets, with commas between them. */
    static <T> void array(StringBuilder out, List<T> items, Consumer<T> item) {
        out.append('[');
        for (int i = 0; i < items.size(); i++) {
            if (i > 0) {
                out.append(',');
            }
            item.accept(items.get(i));
        }
        out.append(']');
    }

    /** Writes members in braces, with commas between them. */
    static void object(StringBuilder out, Map<String, AttributeValue> members, Consumer<AttributeValue> member) {
        out.append('{');
        int start = out.length();
        sorted(members).forEach((name, value) -> {
            if (out.length() > start) {
                out.append(',');
            }
            quote(name, out);
            out.append(':');
            member.accept(value);
        });
        out.append('}');
    }

    /** Writes text in quotes: of the characters that need not be escaped none is, but half of a surrogate pair, which UTF-8 cannot hold. */
    static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            switch (letter) {
                case '"', '\\' -> out.append('\\').append(letter);
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (letter < ' ' || isHalf(text, i)) {
                        out.append(String.format("\\u%04x", (int) letter));
                    } else {
                        out.append(letter);
                    }
                }
            }
        }
        out.append('"');
    }

    private static void write(AttributeValue value, StringBuilder out) {
        switch (Attributes.type(value)) {
            case S -> quote(value.s(), out);
            case N -> out.append(number(value.n()));
            case B -> quote(base64(value.b()), out);
            case BOOL -> out.append(value.bool());
            case NUL -> out.append("null");
            case SS, NS, BS, L -> array(out, ItemOrder.elements(value), element -> write(element, out));
            case M -> object(out, value.m(), member -> write(member, out));
            default -> throw new MisfitException("its type is not known");
        }
    }

    /** As received where JSON has such numbers; DynamoDB sends no others, but those who write to its interface may. */
    private static String number(String text) {
        if (NUMBER.matcher(text).matches()) {
            return text;
        }
        try {
            return new BigDecimal(text).toString();
        } catch (NumberFormatException e) {
            throw new MisfitException("a number cannot be read");
        }
    }

    private static boolean isHalf(String text, int at) {
        char letter = text.charAt(at);
        if (Character.isHighSurrogate(letter)) {
            return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
        }
        return Character.isLowSurrogate(letter) && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    }
}
