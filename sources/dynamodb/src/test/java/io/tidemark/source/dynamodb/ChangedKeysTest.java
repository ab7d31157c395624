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
            KeyHash.Hasher hasher = new KeyHash.Hasher(List.of("id", "n"));
            ChangedKeys keys = new ChangedKeys(count);
            for (int i = 0; i < count; i++) {
                assertThat(add(keys, hasher, key("k" + i % 7, i))).isTrue();
                add(keys, hasher, key("k" + i % 7, i));
            }
            for (int i = 0; i < count; i++) {
                assertThat(contains(keys, hasher, key("k" + i % 7, i))).isTrue();
                assertThat(contains(keys, hasher, key("k" + (i + 1) % 7, i))).isFalse();
            }
            assertThat(contains(keys, hasher, key("k", -1))).isFalse();
        }
    }

    @Test
    void tellsWhereOnePartOfAKeyEnds() {
        KeyHash.Hasher hasher = new KeyHash.Hasher(List.of("a", "b"));
        ChangedKeys keys = new ChangedKeys(1);
        add(keys, hasher, Map.of("a", AttributeValue.fromS("xy"), "b", AttributeValue.fromS("z")));
        assertThat(contains(keys, hasher, Map.of("a", AttributeValue.fromS("x"), "b", AttributeValue.fromS("yz"))))
                .isFalse();
    }

    @Test
    void equalNumbersAreOneKeyAndBytesAreKeys() {
        KeyHash.Hasher numbersHasher = new KeyHash.Hasher(List.of("n"));
        ChangedKeys numbers = new ChangedKeys(1);
        add(numbers, numbersHasher, Map.of("n", AttributeValue.fromN("1.50")));
        assertThat(contains(
                        numbers,
                        numbersHasher,
                        Map.of("n", AttributeValue.fromN("15E-1"), "other", AttributeValue.fromN("2"))))
                .isTrue();
        KeyHash.Hasher bytesHasher = new KeyHash.Hasher(List.of("b"));
        ChangedKeys bytes = new ChangedKeys(1);
        add(bytes, bytesHasher, Map.of("b", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {0, 1}))));
        assertThat(contains(bytes, bytesHasher, Map.of("b", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {0, 1
                })))))
                .isTrue();
        assertThat(contains(
                        bytes, bytesHasher, Map.of("b", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {0})))))
                .isFalse();
        assertThat(add(bytes, bytesHasher, Map.of("n", AttributeValue.fromN("1"))))
                .isFalse();
        assertThat(contains(bytes, bytesHasher, Map.of("n", AttributeValue.fromN("1"))))
                .isFalse();
    }

    private static boolean add(ChangedKeys keys, KeyHash.Hasher hasher, Map<String, AttributeValue> key) {
        KeyHash hash = hasher.hash(key);
        if (hash != null) {
            keys.add(hash);
        }
        return hash != null;
    }

    private static boolean contains(ChangedKeys keys, KeyHash.Hasher hasher, Map<String, AttributeValue> item) {
        KeyHash hash = hasher.hash(item);
        return hash != null && keys.contains(hash);
    }

    private static Map<String, AttributeValue> key(String id, int n) {
        return Map.of("id", AttributeValue.fromS(id), "n", AttributeValue.fromN(Integer.toString(n)));
    }
}
