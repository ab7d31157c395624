package io.tidemark.query;

import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.verify.BucketDigest;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** The definition at {@link io.tidemark.spi.verify.TableReading} in Java, from the values as column vectors hold them. */
final class CanonicalRows {
    private CanonicalRows() {}

    static List<BucketDigest> digests(RowSchema schema, List<List<Object>> rows, int buckets) {
        Map<Integer, BucketDigest> digests = new TreeMap<>();
        for (List<Object> row : rows) {
            List<String> texts = texts(schema, row);
            byte[] hash = md5(list(texts));
            ByteBuffer halves = ByteBuffer.wrap(hash);
            BigInteger high = BigInteger.valueOf(halves.getLong());
            BigInteger low = BigInteger.valueOf(halves.getLong());
            digests.merge(
                    bucket(schema, row, buckets),
                    new BucketDigest(bucket(schema, row, buckets), 1, high, low),
                    (a, b) -> new BucketDigest(
                            a.bucket(),
                            a.rows() + b.rows(),
                            a.high().add(b.high()),
                            a.low().add(b.low())));
        }
        return List.copyOf(digests.values());
    }

    static int bucket(RowSchema schema, List<Object> row, int buckets) {
        List<String> texts = texts(schema, row);
        List<String> key = new ArrayList<>();
        for (int i : schema.keyIndexes()) {
            key.add(texts.get(i));
        }
        byte[] hash = md5(list(schema.hasKey() ? key : texts));
        return Short.toUnsignedInt(ByteBuffer.wrap(hash).getShort()) % buckets;
    }

    static List<String> texts(RowSchema schema, List<Object> row) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < row.size(); i++) {
            texts.add(text(schema.columns().get(i).type(), row.get(i)));
        }
        return texts;
    }

    private static String text(ColumnType type, Object value) {
        if (value == null) {
            return null;
        }
        return switch (type.kind()) {
            case BOOLEAN -> (Boolean) value ? "t" : "f";
            case INT32, INT64, DATE, TIME, TIMESTAMP, TIMESTAMP_TZ -> value.toString();
            case FLOAT32 -> HexFormat.of().toHexDigits(Float.floatToIntBits((Float) value));
            case FLOAT64 -> HexFormat.of().toHexDigits(Double.doubleToLongBits((Double) value));
            case DECIMAL -> ((BigDecimal) value).toPlainString();
            case STRING -> (String) value;
            case BYTES -> HexFormat.of().formatHex((byte[]) value);
            case UUID -> ((UUID) value).toString();
            case LIST ->
                list(((List<?>) value)
                        .stream().map(item -> text(type.element(), item)).collect(Collectors.toList()));
            case MAP -> {
                ColumnType values = type.fields().get(1).type();
                yield list(((Map<?, ?>) value)
                        .entrySet().stream()
                                .map(entry -> List.of(
                                        (String) entry.getKey(),
                                        list(Arrays.asList((String) entry.getKey(), text(values, entry.getValue())))))
                                .sorted(Comparator.comparing(
                                        pair -> pair.get(0),
                                        Comparator.comparing(
                                                key -> key.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned)))
                                .map(pair -> pair.get(1))
                                .collect(Collectors.toList()));
            }
            case STRUCT -> {
                List<String> texts = new ArrayList<>();
                for (int i = 0; i < type.fields().size(); i++) {
                    texts.add(text(type.fields().get(i).type(), ((List<?>) value).get(i)));
                }
                yield list(texts);
            }
        };
    }

    private static String list(List<String> texts) {
        StringBuilder out = new StringBuilder();
        for (String text : texts) {
            if (text == null) {
                out.append('-');
            } else {
                out.append(text.getBytes(StandardCharsets.UTF_8).length)
                        .append(':')
                        .append(text);
            }
        }
        return out.toString();
    }

    private static byte[] md5(String text) {
        try {
            return MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
