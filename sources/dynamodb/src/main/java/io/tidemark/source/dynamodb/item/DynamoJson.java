package io.tidemark.source.dynamodb.item;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.util.List;
import java.util.Map;
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
}
