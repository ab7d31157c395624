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
 * Keys of items that an incremental export has. Each is kept as 128 bits of its SHA-256: two keys are taken for one with a chance that is nil even for
 * 10^12 keys, also when somebody chooses them. One thread adds; when it is done any number may ask.
 */
final class ChangedKeys {
    /** Memory for a key, at most: slots of two longs, of which at least a quarter is in use. */
    static final long BYTES_PER_KEY = 64;

    private static final long SLOTS_MAX = 1L << 29;

    private final List<String> names;
    private final long[] slots;
    private final int mask;

    /**
     * No keys yet.
     *
     * @param names attributes of the key
     * @param count how many keys will be added at most
     */
    ChangedKeys(List<String> names, long count) {
        long wanted = Math.max(1, count) * 2;
        long size = Math.max(2, Long.highestOneBit(wanted - 1) << 1);
        if (size > SLOTS_MAX) {
            throw new IllegalArgumentException("Cannot hold so many keys (count=" + count + ")");
        }
        this.names = List.copyOf(names);
        this.slots = new long[(int) (2 * size)];
        this.mask = (int) size - 1;
    }

    /**
     * Adds a key.
     *
     * @return false when it lacks an attribute of the key
     */
    boolean add(Map<String, AttributeValue> key) {
        ByteBuffer hash = hash(key);
        if (hash == null) {
            return false;
        }
        long high = hash.getLong();
        long low = hash.getLong() | 1;
        int at = find(high, low);
        slots[2 * at] = high;
        slots[2 * at + 1] = low;
        return true;
    }

    /** Whether the item's key was added. */
    boolean contains(Map<String, AttributeValue> item) {
        ByteBuffer hash = hash(item);
        if (hash == null) {
            return false;
        }
        long high = hash.getLong();
        long low = hash.getLong() | 1;
        return slots[2 * find(high, low) + 1] != 0;
    }

    /** The slot of the key, or the free one where it belongs. A free slot's second long is 0, which that of no key is. */
    private int find(long high, long low) {
        int at = (int) high & mask;
        while (slots[2 * at + 1] != 0 && (slots[2 * at] != high || slots[2 * at + 1] != low)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    /** Null for what has no such key. */
    private @Nullable ByteBuffer hash(Map<String, AttributeValue> item) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String name : names) {
                AttributeValue value = item.get(name);
                if (value == null) {
                    return null;
                }
                byte[] bytes = bytes(value);
                digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
                digest.update(bytes);
            }
            return ByteBuffer.wrap(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** Keys are of one type each, so that values of different types need not differ. Equal numbers may be written in different ways. */
    private static byte[] bytes(AttributeValue value) {
        return switch (value.type()) {
            case N -> new BigDecimal(value.n()).stripTrailingZeros().toString().getBytes(StandardCharsets.US_ASCII);
            case B -> value.b().asByteArrayUnsafe();
            default -> value.s().getBytes(StandardCharsets.UTF_8);
        };
    }
}
