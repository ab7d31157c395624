package io.tidemark.source.dynamodb.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.source.dynamodb.export.ExportedItems;
import io.tidemark.spi.error.TidemarkException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class DynamoJsonTest {
    @Test
    void everyTypeIsWrittenAsAwsDocumentsIt() {
        Map<String, AttributeValue> item = new LinkedHashMap<>();
        item.put("s", AttributeValue.fromS("a\"b"));
        item.put("n", AttributeValue.fromN("-1.50"));
        item.put("b", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {0, -1})));
        item.put("t", AttributeValue.fromBool(true));
        item.put("nul", AttributeValue.fromNul(true));
        item.put("ss", AttributeValue.fromSs(List.of("\uD83D\uDE00", "\uE000", "b")));
        item.put("ns", AttributeValue.fromNs(List.of("10", "9", "-3.5")));
        item.put("bs", AttributeValue.fromBs(List.of(SdkBytes.fromByteArray(new byte[] {-128}), bytes())));
        item.put("l", AttributeValue.fromL(List.of(AttributeValue.fromS("z"), AttributeValue.fromNul(true))));
        item.put("m", AttributeValue.fromM(Map.of("", AttributeValue.fromL(List.of()))));
        assertThat(DynamoJson.write(item))
                .isEqualTo("{\"b\":{\"B\":\"AP8=\"},\"bs\":{\"BS\":[\"\",\"gA==\"]},"
                        + "\"l\":{\"L\":[{\"S\":\"z\"},{\"NULL\":true}]},\"m\":{\"M\":{\"\":{\"L\":[]}}},"
                        + "\"n\":{\"N\":\"-1.50\"},\"ns\":{\"NS\":[\"-3.5\",\"9\",\"10\"]},\"nul\":{\"NULL\":true},"
                        + "\"s\":{\"S\":\"a\\\"b\"},\"ss\":{\"SS\":[\"b\",\"\uE000\",\"\uD83D\uDE00\"]},"
                        + "\"t\":{\"BOOL\":true}}");
        assertThat(DynamoJson.write(Map.of())).isEqualTo("{}");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void whatIsWrittenIsReadAsItWas(long seed) {
        RandomItems random = new RandomItems(seed);
        for (int i = 0; i < 2_000; i++) {
            Map<String, AttributeValue> item = ordered(random.item());
            String text = DynamoJson.write(item);
            assertThat(ExportedItems.parse(text)).as("item %d", i).isEqualTo(item);
            assertThat(DynamoJson.write(shuffled(item, new Random(seed)))).isEqualTo(text);
        }
    }

    @Test
    void aValueOfNoTypeIsATypedError() {
        assertThatThrownBy(() ->
                        DynamoJson.write(Map.of("a", AttributeValue.builder().build())))
                .isInstanceOf(TidemarkException.class);
    }

    /** The item with its sets in the order in which they are written. */
    private static Map<String, AttributeValue> ordered(Map<String, AttributeValue> item) {
        Map<String, AttributeValue> ordered = new LinkedHashMap<>();
        item.forEach((name, value) -> ordered.put(name, ordered(value)));
        return ordered;
    }

    private static AttributeValue ordered(AttributeValue value) {
        return switch (value.type()) {
            case SS -> AttributeValue.fromSs(ItemOrder.strings(value));
            case NS -> AttributeValue.fromNs(ItemOrder.numbers(value));
            case BS -> AttributeValue.fromBs(ItemOrder.bytes(value));
            case L ->
                AttributeValue.fromL(
                        value.l().stream().map(DynamoJsonTest::ordered).toList());
            case M -> AttributeValue.fromM(ordered(value.m()));
            default -> value;
        };
    }

    /** The same item with names and sets in another order. */
    private static Map<String, AttributeValue> shuffled(Map<String, AttributeValue> item, Random random) {
        List<String> names = new ArrayList<>(item.keySet());
        Collections.shuffle(names, random);
        Map<String, AttributeValue> shuffled = new LinkedHashMap<>();
        for (String name : names) {
            AttributeValue value = item.get(name);
            if (value.hasSs()) {
                List<String> elements = new ArrayList<>(value.ss());
                Collections.shuffle(elements, random);
                value = AttributeValue.fromSs(elements);
            }
            shuffled.put(name, value.hasM() ? AttributeValue.fromM(shuffled(value.m(), random)) : value);
        }
        return shuffled;
    }

    private static SdkBytes bytes() {
        return SdkBytes.fromByteArray(new byte[0]);
    }
}
