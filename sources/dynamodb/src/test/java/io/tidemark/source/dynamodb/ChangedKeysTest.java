package io.tidemark.source.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class ChangedKeysTest {
    @Test
    void holdsAsManyKeysAsItWasMadeFor() {
        for (int count : new int[] {0, 1, 2, 3, 1_000, 1_024, 1_025}) {
            ChangedKeys keys = new ChangedKeys(List.of("id", "n"), count);
            for (int i = 0; i < count; i++) {
                assertThat(keys.add(key("k" + i % 7, i))).isTrue();
                keys.add(key("k" + i % 7, i));
            }
            for (int i = 0; i < count; i++) {
                assertThat(keys.contains(key("k" + i % 7, i))).isTrue();
                assertThat(keys.contains(key("k" + (i + 1) % 7, i))).isFalse();
            }
            assertThat(keys.contains(key("k", -1))).isFalse();
        }
    }

    @Test
    void tellsWhereOnePartOfAKeyEnds() {
        ChangedKeys keys = new ChangedKeys(List.of("a", "b"), 1);
        keys.add(Map.of("a", AttributeValue.fromS("xy"), "b", AttributeValue.fromS("z")));
        assertThat(keys.contains(Map.of("a", AttributeValue.fromS("x"), "b", AttributeValue.fromS("yz"))))
                .isFalse();
    }

    @Test
    void equalNumbersAreOneKeyAndBytesAreKeys() {
        ChangedKeys numbers = new ChangedKeys(List.of("n"), 1);
        numbers.add(Map.of("n", AttributeValue.fromN("1.50")));
        assertThat(numbers.contains(Map.of("n", AttributeValue.fromN("15E-1"), "other", AttributeValue.fromN("2"))))
                .isTrue();
        ChangedKeys bytes = new ChangedKeys(List.of("b"), 1);
        bytes.add(Map.of("b", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {0, 1}))));
        assertThat(bytes.contains(Map.of("b", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {0, 1})))))
                .isTrue();
        assertThat(bytes.contains(Map.of("b", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {0})))))
                .isFalse();
        assertThat(bytes.add(Map.of("n", AttributeValue.fromN("1")))).isFalse();
        assertThat(bytes.contains(Map.of("n", AttributeValue.fromN("1")))).isFalse();
    }

    private static Map<String, AttributeValue> key(String id, int n) {
        return Map.of("id", AttributeValue.fromS(id), "n", AttributeValue.fromN(Integer.toString(n)));
    }
}
