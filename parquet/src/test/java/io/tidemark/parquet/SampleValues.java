package io.tidemark.parquet;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.ListVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.StructVector;
import io.tidemark.spi.schema.ColumnType;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Values of every type: the extremes of its range, what usually breaks, and random ones. */
final class SampleValues {
    static final List<ColumnType> TYPES = List.of(
            ColumnType.BOOLEAN,
            ColumnType.INT32,
            ColumnType.INT64,
            ColumnType.FLOAT32,
            ColumnType.FLOAT64,
            ColumnType.decimal(1, 0),
            ColumnType.decimal(9, 9),
            ColumnType.decimal(10, 2),
            ColumnType.decimal(18, 18),
            ColumnType.decimal(19, 0),
            ColumnType.decimal(28, 6),
            ColumnType.decimal(38, 10),
            ColumnType.STRING,
            ColumnType.BYTES,
            ColumnType.UUID,
            ColumnType.DATE,
            ColumnType.TIME,
            ColumnType.TIMESTAMP,
            ColumnType.TIMESTAMP_TZ);

    static final List<ColumnType> NESTED = Stream.of(
                    "list<int32>",
                    "list<string>",
                    "list<list<decimal(28,6)>>",
                    "struct<\"b\":boolean,\"f\":float32>",
                    "struct<\"a.b\":int64,\"\u00fc \\\"\":list<decimal(10,2)>,\"u\":uuid,\"d\":float64>",
                    "list<struct<\"bytes\":bytes,\"in\":struct<\"t\":time,\"ds\":list<date>>,\"n\":decimal(9,9)>>",
                    "struct<\"only\":struct<\"deep\":list<list<list<timestamp_tz>>>>>",
                    "map<string,int64>",
                    "map<string,list<map<string,struct<\"d\":date,\"m\":map<string,bytes>>>>>",
                    "struct<\"m\":map<string,decimal(28,6)>,\"n\":int32>")
            .map(ColumnType::parse)
            .toList();

    private SampleValues() {}

    /** A vector of this many rows: extremes first, then random values, every seventh row null, every eleventh unchanged. */
    static ColumnVector vector(ColumnType type, int rows, long seed, boolean absent) {
        Random random = new Random(seed);
        ColumnVector vector = ColumnVector.of(type, 16);
        for (int row = 0; row < rows; row++) {
            if (absent && row % 7 == 3) {
                vector.appendNull();
            } else if (absent && row % 11 == 5) {
                vector.appendUnchanged();
            } else {
                append(vector, row, random);
            }
        }
        return vector;
    }

    private static void append(ColumnVector vector, int row, Random random) {
        switch (vector.type().kind()) {
            case BOOLEAN -> ((BooleanVector) vector).append(random.nextBoolean());
            case INT32, DATE -> ((IntVector) vector).append(pick(INTS, row, random.nextInt()));
            case INT64, TIMESTAMP, TIMESTAMP_TZ -> ((LongVector) vector).append(pick(LONGS, row, random.nextLong()));
            case TIME -> ((LongVector) vector).append(pick(TIMES, row, random.nextLong(86_400_000_000L)));
            case FLOAT32 -> ((FloatVector) vector).append(row < FLOATS.length ? FLOATS[row] : random.nextFloat());
            case FLOAT64 -> ((DoubleVector) vector).append(row < DOUBLES.length ? DOUBLES[row] : random.nextGaussian());
            case STRING -> ((BytesVector) vector).append(row < TEXTS.length ? TEXTS[row] : text(random));
            case BYTES -> ((BytesVector) vector).append(bytes(random, row < 2 ? row : random.nextInt(300)));
            case UUID -> ((BytesVector) vector).append(row < 2 ? filled(row == 0 ? 0 : -1) : bytes(random, 16));
            case DECIMAL -> appendDecimal(vector, row, random);
            case LIST -> {
                ((ListVector) vector).begin();
                int length = random.nextInt(3) == 0 ? 0 : random.nextInt(row == 50 ? 5000 : 5);
                for (int i = 0; i < length; i++) {
                    appendInside(((ListVector) vector).element(), random);
                }
            }
            case MAP -> {
                Set<String> keys = new TreeSet<>();
                for (int i = random.nextInt(row == 50 ? 500 : 5); i > 0; i--) {
                    keys.add(text(random));
                }
                ListVector map = (ListVector) vector;
                StructVector entries = (StructVector) map.element();
                map.begin();
                keys.forEach(key -> {
                    entries.begin();
                    ((BytesVector) entries.field(0)).append(key);
                    appendInside(entries.field(1), random);
                });
                map.orderEntries();
            }
            case STRUCT -> {
                ((StructVector) vector).begin();
                ((StructVector) vector).fields().forEach(field -> appendInside(field, random));
            }
        }
    }

    private static void appendInside(ColumnVector vector, Random random) {
        if (random.nextInt(4) == 0) {
            vector.appendNull();
        } else {
            // Not the longest of texts, of which lists would have too many.
            append(vector, random.nextInt(40) < 8 ? random.nextInt(8) : 100, random);
        }
    }

    private static void appendDecimal(ColumnVector vector, int row, Random random) {
        BigInteger limit = BigInteger.TEN.pow(vector.type().precision()).subtract(BigInteger.ONE);
        BigInteger value = switch (row) {
            case 0 -> limit;
            case 1 -> limit.negate();
            case 2 -> BigInteger.ZERO;
            case 4 -> BigInteger.ONE.negate();
            default ->
                new BigInteger(limit.bitLength() + 8, random)
                        .mod(limit)
                        .multiply(BigInteger.valueOf(random.nextBoolean() ? 1 : -1));
        };
        if (vector instanceof LongVector longs) {
            longs.append(value.longValueExact());
        } else {
            ((BytesVector) vector).append(wide(value));
        }
    }

    /** 16 bytes, big-endian two's complement. */
    static byte[] wide(BigInteger value) {
        byte[] result = filled(value.signum() < 0 ? -1 : 0);
        byte[] least = value.toByteArray();
        System.arraycopy(least, 0, result, 16 - least.length, least.length);
        return result;
    }

    private static final int[] INTS = {Integer.MIN_VALUE, Integer.MAX_VALUE, 0, 0, -1, 0, 1};
    private static final long[] LONGS = {Long.MIN_VALUE, Long.MAX_VALUE, 0, 0, -1, 0, 1};
    private static final long[] TIMES = {0, 86_399_999_999L, 1};
    private static final float[] FLOATS = {
        Float.NaN,
        Float.NEGATIVE_INFINITY,
        Float.POSITIVE_INFINITY,
        0f,
        -0f,
        0f,
        Float.MIN_VALUE,
        Float.MAX_VALUE,
        -Float.MAX_VALUE
    };
    private static final double[] DOUBLES = {
        Double.NaN,
        Double.NEGATIVE_INFINITY,
        Double.POSITIVE_INFINITY,
        0d,
        -0d,
        0d,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        0.1
    };
    private static final String[] TEXTS = {
        "",
        " ",
        "null",
        "",
        "Zürich 北京 \uD83D\uDE80 e\u0301",
        "",
        "quote\"'\\;--",
        "line\r\nbreak\ttab",
        "x".repeat(100_000),
        "\uFFFD\u0000end"
    };

    private static int pick(int[] extremes, int row, int random) {
        return row < extremes.length ? extremes[row] : random;
    }

    private static long pick(long[] extremes, int row, long random) {
        return row < extremes.length ? extremes[row] : random;
    }

    private static String text(Random random) {
        // Half of them repeat, so that dictionaries are used and given up.
        return random.nextBoolean()
                ? "word" + random.nextInt(20)
                : new String(bytes(random, random.nextInt(40)), StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] filled(int value) {
        byte[] bytes = new byte[16];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
