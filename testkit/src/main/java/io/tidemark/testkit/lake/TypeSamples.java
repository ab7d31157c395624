package io.tidemark.testkit.lake;

import io.tidemark.spi.schema.ColumnType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every type of column, with ordinary and extreme values as canonical text ({@link io.tidemark.spi.verify.TableReading}). */
final class TypeSamples {
    private static final String NINES = "9".repeat(38);

    private static final Map<ColumnType, List<String>> SAMPLES = new LinkedHashMap<>();

    static {
        put("boolean", "t", "f");
        put("int32", "0", "-1", "2147483647", "-2147483648");
        put("int64", "0", "-1", "9223372036854775807", "-9223372036854775808");
        // Both zeros, 1, NaN, both infinities, the least and the largest.
        put("float32", "00000000", "80000000", "3f800000", "7fc00000", "7f800000", "ff800000", "00000001", "ff7fffff");
        put(
                "float64",
                "0000000000000000",
                "8000000000000000",
                "3ff0000000000000",
                "7ff8000000000000",
                "7ff0000000000000",
                "fff0000000000000",
                "0000000000000001",
                "ffefffffffffffff");
        put("decimal(1,0)", "0", "9", "-9");
        put("decimal(9,2)", "0.00", "0.01", "9999999.99", "-9999999.99");
        put("decimal(18,18)", "0.000000000000000000", "0.999999999999999999", "-0.999999999999999999");
        put("decimal(19,0)", "0", "9999999999999999999", "-9999999999999999999");
        put("decimal(38,0)", "0", "-1", NINES, "-" + NINES);
        put("decimal(38,10)", "-0.0000000001", "1234567890123456789012345678.0123456789");
        put("decimal(38,38)", "0." + NINES, "-0." + NINES, "0." + "0".repeat(38));
        put("string", "", " ", "null", "it's \"x\"\n\t\\", "a\u0000b", "e\u0301 €😀 水", "long ".repeat(20_000));
        put("bytes", "", "00", "ff00fe", "0d0a".repeat(20_000));
        put(
                "uuid",
                "00000000-0000-0000-0000-000000000000",
                "ffffffff-ffff-ffff-ffff-ffffffffffff",
                "123e4567-e89b-12d3-a456-426614174000");
        // 4714 BC, year 0, the days around 1970, 9999, and the last one that Postgres has.
        put("date", "-2440588", "-719528", "-1", "0", "2932896", "2145031948");
        put("time", "0", "1", "86399999999");
        for (String type : List.of("timestamp", "timestamp_tz")) {
            put(
                    type,
                    "-210866803200000000",
                    "-62135596800000001",
                    "-1",
                    "0",
                    "1700000000123456",
                    "253402300800000000",
                    "9223372036854775807");
        }
        put("list<int32>", nested(), nested((String) null), nested("1", null, "-5"));
        put("list<string>", nested(), nested(""), nested(null, "-", "1:1", "é€"));
        put("list<decimal(30,2)>", nested("-1234567890123456789012345678.01", null));
        put("list<list<int64>>", nested(), nested(nested(), null, nested("1", null)));
        put("struct<\"a\":int32,\"b.c\":string>", nested(null, null), nested("1", null), nested(null, ""));
        put(
                "struct<\"in\":struct<\"x\":float64,\"y\":bytes>,\"l\":list<timestamp_tz>>",
                nested(null, null),
                nested(nested(null, null), nested()),
                nested(nested("7ff8000000000000", "00ff"), nested("-1", null)));
        put(
                "list<struct<\"uid\":uuid,\"day\":date,\"lines\":list<struct<\"n\":int32>>>>",
                nested(),
                nested(null, nested(null, null, null)),
                nested(nested(
                        "123e4567-e89b-12d3-a456-426614174000", "-719528", nested(null, nested("1"), nested("-1")))));
        put(
                "map<string,int64>",
                nested(),
                nested(nested("", null)),
                // In the order of the bytes, which is not that of Java's strings.
                nested(nested("a\u0000", "1"), nested("it's \"x\"", "-1"), nested("\uFFFD", null), nested("😀", "7")));
        put("map<string,string>", nested(nested("a", ""), nested("b", null)));
        put(
                "map<string,list<map<string,decimal(30,2)>>>",
                nested(nested("k", nested(null, nested(), nested(nested("in", "-1234567890123456789012345678.01"))))));
        put(
                "struct<\"m\":map<string,struct<\"n\":int32,\"m\":map<string,bytes>>>>",
                nested((String) null),
                nested(nested(nested("x", nested("1", nested(nested("y", "00ff")))), nested("z", null))));
    }

    private TypeSamples() {}

    static List<ColumnType> types() {
        return List.copyOf(SAMPLES.keySet());
    }

    /** Values of one of the types. */
    static List<String> values(ColumnType type) {
        return SAMPLES.getOrDefault(type, List.of());
    }

    /** Canonical text of a list or struct of these values. */
    static String nested(@Nullable String... values) {
        StringBuilder text = new StringBuilder();
        for (String value : values) {
            if (value == null) {
                text.append('-');
            } else {
                text.append(value.getBytes(StandardCharsets.UTF_8).length)
                        .append(':')
                        .append(value);
            }
        }
        return text.toString();
    }

    private static void put(String type, String... values) {
        SAMPLES.put(ColumnType.parse(type), new ArrayList<>(List.of(values)));
    }
}
