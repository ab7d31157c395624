package io.tidemark.source.dynamodb.item;

import io.tidemark.spi.schema.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Values, items and column types by chance, edges often. */
final class RandomItems {
    private static final String[] TEXTS = {
        "",
        "a",
        "\"\\/\b\f\n\r\t\0\u001f\u007f\u2028",
        "größe",
        "\uD83D\uDE00",
        "\uFFFD\uE000",
        "2024-02-29",
        "2023-02-29",
        "23:59:59.999999",
        "07:08",
        "24:00",
        "1969-12-31T23:59:59.000001",
        "2024-02-29T00:00:00Z",
        "0000-01-01T00:00:00+14:00",
        "2024-02-29T00:00:00.1234567Z",
        "2024-02-29 00:00:00",
        "123E4567-e89b-12d3-a456-426614174000",
        "1-1-1-1-1",
        "null",
        "-"
    };
    private static final String[] NUMBERS = {
        "0",
        "-0",
        "1",
        "-1",
        "007",
        "1.50",
        "0.1",
        "1E+3",
        "2147483647",
        "-2147483649",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "99999999999999999999999999999999999999",
        "-0.00000000000000000000000000000000000001",
        "1E-130",
        "9.9999999999999999999999999999999999999E+125",
        "-9.9999999999999999999999999999999999999E+125",
        "1700000000",
        "1700000000.123456",
        "1700000000.1234567",
        "1700000000123",
        "253402300799.999999"
    };
    private static final String[] TYPES = {
        "boolean",
        "int32",
        "int64",
        "float64",
        "decimal(18,2)",
        "decimal(38,0)",
        "decimal(38,6)",
        "decimal(5,5)",
        "string",
        "bytes",
        "uuid",
        "date",
        "time",
        "timestamp",
        "timestamp_tz"
    };

    private final Random random;

    RandomItems(long seed) {
        this.random = new Random(seed);
    }

    Map<String, AttributeValue> item() {
        Map<String, AttributeValue> item = new LinkedHashMap<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            item.put("a" + random.nextInt(12), value(4));
        }
        return item;
    }

    AttributeValue value(int depth) {
        return switch (random.nextInt(depth > 0 ? 10 : 8)) {
            case 0 -> AttributeValue.fromS(text());
            case 1 -> AttributeValue.fromN(number());
            case 2 -> AttributeValue.fromB(bytes());
            case 3 -> AttributeValue.fromBool(random.nextBoolean());
            case 4 -> AttributeValue.fromNul(true);
            case 5 -> AttributeValue.fromSs(List.copyOf(some(new LinkedHashSet<>(), this::text)));
            case 6 -> AttributeValue.fromNs(numbers());
            case 7 -> AttributeValue.fromBs(List.copyOf(some(new LinkedHashSet<>(), this::bytes)));
            case 8 -> {
                List<AttributeValue> elements = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    elements.add(value(depth - 1));
                }
                yield AttributeValue.fromL(elements);
            }
            default -> {
                Map<String, AttributeValue> members = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    members.put(random.nextInt(4) == 0 ? text() : "m" + random.nextInt(3), value(depth - 1));
                }
                yield AttributeValue.fromM(members);
            }
        };
    }

    /** Any type that a column can have. */
    ColumnType type(int depth) {
        return switch (random.nextInt(depth > 0 ? 7 : 4)) {
            case 4 -> ColumnType.list(type(depth - 1));
            case 5 ->
                ColumnType.struct(List.of(
                        new ColumnType.Field("m0", type(depth - 1)), new ColumnType.Field("m1", type(depth - 1))));
            case 6 -> ColumnType.map(type(depth - 1));
            default -> oneOf(TYPES);
        };
    }

    /** A type that has a chance to hold the value. */
    ColumnType typeFor(AttributeValue value) {
        return switch (value.type()) {
            case S -> oneOf("string", "uuid", "date", "time", "timestamp", "timestamp_tz");
            case N -> oneOf("int32", "int64", "float64", "decimal(18,2)", "decimal(38,6)", "timestamp_tz");
            case B -> ColumnType.BYTES;
            case BOOL -> ColumnType.BOOLEAN;
            case SS, NS, BS, L -> {
                List<AttributeValue> elements = ItemOrder.elements(value);
                yield ColumnType.list(elements.isEmpty() ? type(1) : typeFor(elements.get(0)));
            }
            case M -> {
                if (random.nextBoolean()) {
                    yield ColumnType.map(value.m().values().stream()
                            .filter(member -> !Attributes.isAbsent(member))
                            .findFirst()
                            .map(this::typeFor)
                            .orElseGet(() -> type(1)));
                }
                List<ColumnType.Field> fields = new ArrayList<>(List.of(new ColumnType.Field("none", type(1))));
                value.m().forEach((name, member) -> {
                    if (!name.isEmpty()) {
                        fields.add(new ColumnType.Field(name, typeFor(member)));
                    }
                });
                yield ColumnType.struct(fields);
            }
            default -> type(1);
        };
    }

    private ColumnType oneOf(String... types) {
        return ColumnType.parse(types[random.nextInt(types.length)]);
    }

    private String text() {
        if (random.nextInt(3) > 0) {
            return TEXTS[random.nextInt(TEXTS.length)];
        }
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            int point = random.nextInt(random.nextBoolean() ? 0x80 : 0x110000);
            text.appendCodePoint(point >= 0xD800 && point < 0xE000 ? 'x' : point);
        }
        return text.toString();
    }

    private String number() {
        if (random.nextInt(3) > 0) {
            return NUMBERS[random.nextInt(NUMBERS.length)];
        }
        BigInteger digits = new BigInteger(1 + random.nextInt(126), random);
        return new BigDecimal(random.nextBoolean() ? digits : digits.negate(), random.nextInt(45) - 5).toString();
    }

    private SdkBytes bytes() {
        byte[] bytes = new byte[random.nextInt(4)];
        random.nextBytes(bytes);
        return SdkBytes.fromByteArray(bytes);
    }

    private List<String> numbers() {
        Set<BigDecimal> distinct = new TreeSet<>();
        return some(new LinkedHashSet<>(), this::number).stream()
                .filter(text -> distinct.add(new BigDecimal(text)))
                .toList();
    }

    private <T> Set<T> some(Set<T> into, Supplier<T> one) {
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            into.add(one.get());
        }
        return into;
    }
}
