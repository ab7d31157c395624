package io.tidemark.source.dynamodb.item;

import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.verify.BucketDigest;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Sums of the hashes of rows by bucket ({@link io.tidemark.spi.verify.TableReading}). For one thread; several are merged afterwards. */
public final class RowDigest {
    private final ItemText text;
    private final int buckets;
    private final int[] keyIndexes;
    private final MessageDigest md5;
    private final Map<Integer, BucketDigest> sums = new TreeMap<>();

    /**
     * No rows yet.
     *
     * @param buckets how many buckets, a power of two from 1 to 65,536 ({@link io.tidemark.spi.verify.DigestRequest})
     */
    public RowDigest(ItemText text, int buckets) {
        this.text = text;
        this.buckets = buckets;
        RowSchema schema = text.schema();
        this.keyIndexes = schema.keyIndexes();
        try {
            this.md5 = MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Cannot hash rows: this Java has no MD5", e);
        }
    }

    /** Adds an item's row. */
    public void add(Map<String, AttributeValue> item) {
        List<@Nullable String> row = text.row(item);
        ByteBuffer hash = ByteBuffer.wrap(hash(row));
        BigInteger high = BigInteger.valueOf(hash.getLong());
        BigInteger low = BigInteger.valueOf(hash.getLong());
        add(new BucketDigest(bucket(row), 1, high, low));
    }

    /** Adds the rows of another one with the same buckets. */
    public void addAll(RowDigest other) {
        other.sums.values().forEach(this::add);
    }

    /**
     * Bucket of a row.
     *
     * @param row canonical texts of all columns in schema order
     */
    public int bucket(List<@Nullable String> row) {
        List<@Nullable String> key = new ArrayList<>();
        for (int index : keyIndexes) {
            key.add(row.get(index));
        }
        byte[] hash = hash(key.isEmpty() ? row : key);
        return (((hash[0] & 0xFF) << 8) | (hash[1] & 0xFF)) % buckets;
    }

    /** Digests of the buckets that hold a row, ordered by bucket. */
    public List<BucketDigest> digests() {
        return List.copyOf(sums.values());
    }

    private void add(BucketDigest more) {
        sums.merge(
                more.bucket(),
                more,
                (left, right) -> new BucketDigest(
                        left.bucket(),
                        left.rows() + right.rows(),
                        left.high().add(right.high()),
                        left.low().add(right.low())));
    }

    private byte[] hash(List<@Nullable String> values) {
        for (String value : values) {
            if (value == null) {
                md5.update((byte) '-');
            } else {
                byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
                md5.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
                md5.update(bytes);
            }
        }
        return md5.digest();
    }
}
