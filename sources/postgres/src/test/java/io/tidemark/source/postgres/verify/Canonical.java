package io.tidemark.source.postgres.verify;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.ListVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.StructVector;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.verify.BucketDigest;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** The definitions of {@link io.tidemark.spi.verify.TableReading} once more, written to be read beside them. */
final class Canonical {
    private Canonical() {}

    static List<List<String>> texts(ChangeBatch batch) {
        List<List<String>> rows = new ArrayList<>();
        for (int row = 0; row < batch.size(); row++) {
            List<String> texts = new ArrayList<>();
            for (ColumnVector column : batch.columns()) {
                texts.add(column.isNull(row) ? null : text(column, row));
            }
            rows.add(texts);
        }
        return rows;
    }

    static List<BucketDigest> digests(RowSchema schema, List<List<String>> rows, int buckets) {
        Map<Integer, BucketDigest> digests = new TreeMap<>();
        for (List<String> row : rows) {
            List<String> key = schema.key().isEmpty()
                    ? row
                    : schema.key().stream()
                            .map(name -> row.get(schema.indexOf(name)))
                            .toList();
            byte[] keyHash = md5(key);
            int bucket = ((keyHash[0] & 0xFF) * 256 + (keyHash[1] & 0xFF)) % buckets;
            ByteBuffer hash = ByteBuffer.wrap(md5(row));
            BucketDigest added =
                    new BucketDigest(bucket, 1, BigInteger.valueOf(hash.getLong()), BigInteger.valueOf(hash.getLong()));
            digests.merge(
                    bucket,
                    added,
                    (a, b) -> new BucketDigest(
                            bucket,
                            a.rows() + b.rows(),
                            a.high().add(b.high()),
                            a.low().add(b.low())));
        }
        return List.copyOf(digests.values());
    }

    private static String list(List<String> values) {
        return values.stream()
                .map(value -> value == null ? "-" : value.getBytes(StandardCharsets.UTF_8).length + ":" + value)
                .collect(Collectors.joining());
    }

    private static byte[] md5(List<String> values) {
        String list = list(values);
        try {
            return MessageDigest.getInstance("MD5").digest(list.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static String text(ColumnVector column, int row) {
        return switch (column.type().kind()) {
            case BOOLEAN -> ((BooleanVector) column).value(row) ? "t" : "f";
            case INT32, DATE -> Integer.toString(((IntVector) column).value(row));
            case INT64, TIME, TIMESTAMP, TIMESTAMP_TZ -> Long.toString(((LongVector) column).value(row));
            // floatToIntBits makes every NaN the same.
            case FLOAT32 -> String.format(Locale.ROOT, "%08x", Float.floatToIntBits(((FloatVector) column).value(row)));
            case FLOAT64 ->
                String.format(Locale.ROOT, "%016x", Double.doubleToLongBits(((DoubleVector) column).value(row)));
            case DECIMAL -> new BigDecimal(unscaled(column, row), column.type().scale()).toPlainString();
            case STRING -> ((BytesVector) column).text(row);
            case BYTES -> HexFormat.of().formatHex(((BytesVector) column).bytes(row));
            case UUID -> {
                ByteBuffer bytes = ByteBuffer.wrap(((BytesVector) column).bytes(row));
                yield new UUID(bytes.getLong(), bytes.getLong()).toString();
            }
            case LIST -> {
                ListVector values = (ListVector) column;
                List<String> texts = new ArrayList<>();
                for (int i = values.start(row); i < values.end(row); i++) {
                    texts.add(values.element().isNull(i) ? null : text(values.element(), i));
                }
                yield list(texts);
            }
            case MAP -> throw new IllegalArgumentException("No type of Postgres is carried as a map");
            case STRUCT -> {
                List<String> texts = new ArrayList<>();
                ((StructVector) column)
                        .fields()
                        .forEach(field -> texts.add(field.isNull(row) ? null : text(field, row)));
                yield list(texts);
            }
        };
    }

    private static BigInteger unscaled(ColumnVector column, int row) {
        return column instanceof LongVector numbers
                ? BigInteger.valueOf(numbers.value(row))
                : new BigInteger(((BytesVector) column).bytes(row));
    }
}
