package io.tidemark.source.dynamodb;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * 128 bits of the SHA-256 of an item's key: two keys are taken for one with a chance that is nil even for 10^12 keys, also when somebody chooses them.
 *
 * @param high its first half
 * @param low its second half, which is never 0
 */
record KeyHash(long high, long low) {
    /** Hashes keys of one table. Used by one thread. */
    static final class Hasher {
        private final List<String> names;
        private final MessageDigest digest;

        /** @param names attributes of the key */
        Hasher(List<String> names) {
            this.names = List.copyOf(names);
            try {
                this.digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("Every Java platform has SHA-256", e);
            }
        }

        /**
         * The hash.
         *
         * @param item a key, or an item with it
         * @return null when it lacks an attribute of the key
         */
        @Nullable
        KeyHash hash(Map<String, AttributeValue> item) {
            digest.reset();
            for (String name : names) {
                AttributeValue value = item.get(name);
                if (value == null) {
                    return null;
                }
                byte[] bytes = bytes(value);
                digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
                digest.update(bytes);
            }
            ByteBuffer hash = ByteBuffer.wrap(digest.digest());
            return new KeyHash(hash.getLong(), hash.getLong() | 1);
        }

        /** Keys are of one type each, so that values of different types need not differ. Equal numbers may be written in different ways. */
        private static byte[] bytes(AttributeValue value) {
            return switch (value.type()) {
                case N ->
                    new BigDecimal(value.n()).stripTrailingZeros().toString().getBytes(StandardCharsets.US_ASCII);
                case B -> value.b().asByteArrayUnsafe();
                default -> value.s().getBytes(StandardCharsets.UTF_8);
            };
        }
    }
}
