package io.tidemark.spark.upsert;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyBucketsTest {
    private final KeyBuckets buckets = new KeyBuckets(16);

    @Test
    void keysAreSpread() {
        long used =
                new Random(1).ints(1000).map(key -> of("key-" + key)).distinct().count();
        assertThat(used).isEqualTo(16);
    }

    @Test
    void linkedKeysShareABucketThroughOthers() {
        for (int i = 0; i < 500; i++) {
            // Two chains, told in an order that joins parts of them again and again.
            int from = (i * 7) % 500;
            buckets.link(bytes("a" + from), bytes("a" + (from + 1)));
            buckets.link(bytes("b" + from), bytes("b" + (from + 1)));
        }
        for (int i = 0; i <= 500; i++) {
            assertThat(of("a" + i)).isEqualTo(of("a0"));
            assertThat(of("b" + i)).isEqualTo(of("b0"));
        }
    }

    private int of(String key) {
        byte[] bytes = bytes(key);
        return buckets.of(bytes, bytes.length);
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
