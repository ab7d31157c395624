package io.tidemark.engine.compare;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.verify.BucketDigest;
import io.tidemark.spi.verify.CanonicalText;
import io.tidemark.spi.verify.DigestRequest;
import io.tidemark.spi.verify.TableReading;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The mirror's side of a comparison through the lake's own reader: slow, for versions that the query engine cannot read by their files. */
public final class LibraryReading implements TableReading {
    private final RowSchema schema;
    private final Consumer<Consumer<ChangeBatch>> reader;
    private final MessageDigest md5;

    /** @param reader gives every living row */
    public LibraryReading(RowSchema schema, Consumer<Consumer<ChangeBatch>> reader) {
        this.schema = schema;
        this.reader = reader;
        try {
            this.md5 = MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Cannot compare: this JVM has no MD5", e);
        }
    }

    @Override
    public List<BucketDigest> digests(DigestRequest request) {
        Map<Integer, BucketDigest> digests = new TreeMap<>();
        read(request, (bucket, texts) -> {
            ByteBuffer halves = hash(texts);
            BigInteger high = BigInteger.valueOf(halves.getLong());
            BigInteger low = BigInteger.valueOf(halves.getLong());
            digests.merge(
                    bucket,
                    new BucketDigest(bucket, 1, high, low),
                    (sum, one) -> new BucketDigest(
                            bucket,
                            sum.rows() + 1,
                            sum.high().add(one.high()),
                            sum.low().add(one.low())));
        });
        return List.copyOf(digests.values());
    }

    @Override
    public void rows(DigestRequest request, Set<Integer> buckets, RowVisitor visitor) {
        read(request, (bucket, texts) -> {
            if (buckets.contains(bucket)) {
                visitor.row(texts);
            }
        });
    }

    private void read(DigestRequest request, BucketRow consumer) {
        KeyBounds bounds = KeyBounds.of(schema, request);
        int[] key = schema.hasKey()
                ? schema.keyIndexes()
                : IntStream.range(0, schema.columns().size()).toArray();
        reader.accept(batch -> {
            for (int row = 0; row < batch.size(); row++) {
                List<@Nullable String> texts = texts(batch, row);
                if (bounds.holds(texts)) {
                    List<@Nullable String> keyTexts = new ArrayList<>(key.length);
                    for (int column : key) {
                        keyTexts.add(texts.get(column));
                    }
                    consumer.accept(Short.toUnsignedInt(hash(keyTexts).getShort()) % request.buckets(), texts);
                }
            }
        });
    }

    private static List<@Nullable String> texts(ChangeBatch batch, int row) {
        List<@Nullable String> texts = new ArrayList<>(batch.columns().size());
        for (ColumnVector column : batch.columns()) {
            texts.add(column.isPresent(row) ? CanonicalText.text(column, row) : null);
        }
        return texts;
    }

    private ByteBuffer hash(List<@Nullable String> texts) {
        for (String text : texts) {
            if (text == null) {
                md5.update((byte) '-');
            } else {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                md5.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
                md5.update(bytes);
            }
        }
        return ByteBuffer.wrap(md5.digest());
    }

    private interface BucketRow {
        void accept(int bucket, List<@Nullable String> texts);
    }
}
