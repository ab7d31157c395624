package io.tidemark.source.dynamodb.item;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Items as DynamoDB JSON (AWS, DynamoDB API Reference, "AttributeValue"; also the form of exports to S3): each value is an object of one member, whose
 * name is its type, so that nothing is lost: <code>{"id":{"S":"a"},"n":{"N":"1"}}</code>. Equal items have equal text: without white space,
 * names in the order of code points, sets sorted (text by code points, numbers by value, bytes unsigned), bytes in base64 with padding, numbers
 * with the digits received.
 */
public final class DynamoJson {
    private DynamoJson() {}

    /**
     * The item's text.
     *
     * @throws TidemarkException {@code SOURCE_VALUE} when it holds a value of no known type, or a set with a number that is none
     */
    public static String write(Map<String, AttributeValue> item) {
        try {
            return text(item);
        } catch (MisfitException e) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_VALUE, "Cannot write an item in DynamoDB JSON: " + e.reason(), e);
        }
    }

    /**
     * Reads what {@link #write} wrote, whatever the order and white space. What follows the item's closing brace is not looked at, and of members of
     * the same name the last counts.
     *
     * @throws TidemarkException {@code SOURCE_PROTOCOL} when the text is no item
     */
    public static Map<String, AttributeValue> parse(String text) {
        try {
            return item(JsonNode.parser().parse(text));
        } catch (UncheckedIOException e) {
            // The parser's own message would show the text.
            throw malformed("it is no JSON");
        }
    }

    /**
     * The item that an object of JSON holds, for example the member {@code Item} of a line of an export.
     *
     * @param node the object; null, which the parser makes of an empty text, is none
     * @throws TidemarkException {@code SOURCE_PROTOCOL} when it is no item
     */
    public static Map<String, AttributeValue> item(@Nullable JsonNode node) {
        if (node == null || !node.isObject()) {
            throw malformed("an item or map is no object");
        }
        Map<String, AttributeValue> item = new LinkedHashMap<>();
        node.asObject().forEach((name, value) -> item.put(name, value(value)));
        return item;
    }

    /** As {@link #write}, with a {@link MisfitException}. */
    static String text(Map<String, AttributeValue> item) {
        StringBuilder out = new StringBuilder();
        JsonText.object(out, item, value -> write(value, out));
        return out.toString();
    }

    private static void write(AttributeValue value, StringBuilder out) {
        out.append("{\"").append(Attributes.letters(value)).append("\":");
        switch (Attributes.type(value)) {
            case S -> JsonText.quote(value.s(), out);
            case N -> JsonText.quote(value.n(), out);
            case B -> JsonText.quote(JsonText.base64(value.b()), out);
            case BOOL -> out.append(value.bool());
            case NUL -> out.append(value.nul());
            case SS -> texts(out, ItemOrder.strings(value));
            case NS -> texts(out, ItemOrder.numbers(value));
            case BS ->
                texts(out, ItemOrder.bytes(value).stream().map(JsonText::base64).toList());
            case L -> JsonText.array(out, value.l(), element -> write(element, out));
            case M -> JsonText.object(out, value.m(), member -> write(member, out));
            default -> throw new MisfitException("its type is not known");
        }
        out.append('}');
    }

    private static void texts(StringBuilder out, List<String> texts) {
        JsonText.array(out, texts, text -> JsonText.quote(text, out));
    }

    private static AttributeValue value(JsonNode node) {
        if (!node.isObject() || node.asObject().size() != 1) {
            throw malformed("a value is no object of one member");
        }
        Map.Entry<String, JsonNode> only = node.asObject().entrySet().iterator().next();
        JsonNode value = only.getValue();
        return switch (only.getKey()) {
            case "S" -> AttributeValue.fromS(text(value));
            case "N" -> AttributeValue.fromN(text(value));
            case "B" -> AttributeValue.fromB(bytes(value));
            case "BOOL" -> AttributeValue.fromBool(truth(value));
            case "NULL" -> AttributeValue.fromNul(truth(value));
            case "SS" ->
                AttributeValue.fromSs(
                        elements(value).stream().map(DynamoJson::text).toList());
            case "NS" ->
                AttributeValue.fromNs(
                        elements(value).stream().map(DynamoJson::text).toList());
            case "BS" ->
                AttributeValue.fromBs(
                        elements(value).stream().map(DynamoJson::bytes).toList());
            case "L" ->
                AttributeValue.fromL(
                        elements(value).stream().map(DynamoJson::value).toList());
            case "M" -> AttributeValue.fromM(item(value));
            default -> throw malformed("a value is of no known type");
        };
    }

    private static String text(JsonNode node) {
        if (!node.isString()) {
            throw malformed("text, a number or bytes are not in quotes");
        }
        return node.asString();
    }

    private static SdkBytes bytes(JsonNode node) {
        try {
            return SdkBytes.fromByteArrayUnsafe(Base64.getDecoder().decode(text(node)));
        } catch (IllegalArgumentException e) {
            throw malformed("bytes are not in base64");
        }
    }

    private static boolean truth(JsonNode node) {
        if (!node.isBoolean()) {
            throw malformed("a truth value is neither true nor false");
        }
        return node.asBoolean();
    }

    private static List<JsonNode> elements(JsonNode node) {
        if (!node.isArray()) {
            throw malformed("a set or list is no array");
        }
        return node.asArray();
    }

    private static TidemarkException malformed(String reason) {
        return new TidemarkException(ErrorCode.SOURCE_PROTOCOL, "Cannot read an item in DynamoDB JSON: " + reason);
    }
}
