package io.tidemark.query;

import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.ColumnType.Field;
import io.tidemark.spi.schema.ColumnType.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Values of every type that have broken decoders, as column vectors hold them. */
final class HostileValues {
    private HostileValues() {}

    /** Columns that can be keys, and nested ones of each of them, deep and shallow. */
    static List<Column> columns() {
        List<Column> columns = new ArrayList<>(flat());
        List<Field> fields = new ArrayList<>();
        for (Column column : flat()) {
            columns.add(new Column("list_" + column.name(), ColumnType.list(column.type()), true, "x"));
            fields.add(new Field(column.name(), column.type()));
        }
        ColumnType struct = ColumnType.struct(fields);
        columns.add(new Column("struct", struct, true, "x"));
        columns.add(new Column("map", ColumnType.map(struct), true, "x"));
        columns.add(new Column("maps", ColumnType.parse("list<map<string,map<string,int64>>>"), true, "x"));
        columns.add(new Column(
                "deep", ColumnType.parse("list<list<struct<\"a\":list<float32>,\"b\":string>>>"), true, "x"));
        columns.add(new Column("structs", ColumnType.parse("struct<\"in\":struct<\"x'y\\\"\":date>>"), true, "x"));
        return columns;
    }

    /** One column of every kind that is not nested, decimals of several shapes. */
    static List<Column> flat() {
        List<Column> columns = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            if (kind != Kind.DECIMAL && kind != Kind.LIST && kind != Kind.STRUCT && kind != Kind.MAP) {
                columns.add(
                        new Column(kind.name().toLowerCase(java.util.Locale.ROOT), ColumnType.scalar(kind), true, "x"));
            }
        }
        for (int[] shape :
                new int[][] {{1, 0}, {1, 1}, {9, 4}, {12, 2}, {18, 18}, {19, 0}, {38, 0}, {38, 10}, {38, 37}, {38, 38}
                }) {
            columns.add(new Column(
                    "decimal_" + shape[0] + "_" + shape[1], ColumnType.decimal(shape[0], shape[1]), true, "numeric"));
        }
        return columns;
    }

    /** Rows in which each column shows each of its hostile values, nulls and random ones. */
    static List<List<Object>> rows(List<Column> columns, int count, long seed) {
        Random random = new Random(seed);
        List<List<Object>> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            List<Object> values = new ArrayList<>();
            for (Column column : columns) {
                List<Object> hostile = of(column.type());
                int pick = row < hostile.size() ? row : random.nextInt(hostile.size() + 3);
                values.add(pick < hostile.size() ? hostile.get(pick) : random(column.type(), random));
            }
            rows.add(values);
        }
        return rows;
    }

    static List<Object> of(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> Arrays.asList(true, false, null);
            case INT32 -> Arrays.asList(0, null, -1, Integer.MAX_VALUE, Integer.MIN_VALUE);
            case INT64 -> Arrays.asList(0L, null, -1L, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 53, (1L << 53) + 1);
            case FLOAT32 ->
                Arrays.asList(
                        0f,
                        -0f,
                        null,
                        Float.NaN,
                        Float.intBitsToFloat(0xFFC00001),
                        Float.POSITIVE_INFINITY,
                        Float.NEGATIVE_INFINITY,
                        Float.MIN_VALUE,
                        -Float.MIN_VALUE,
                        Float.MIN_NORMAL,
                        Float.MAX_VALUE,
                        0.1f);
            case FLOAT64 ->
                Arrays.asList(
                        0d,
                        -0d,
                        null,
                        Double.NaN,
                        Double.longBitsToDouble(0xFFF8000000000001L),
                        Double.POSITIVE_INFINITY,
                        Double.NEGATIVE_INFINITY,
                        Double.MIN_VALUE,
                        -Double.MIN_VALUE,
                        Double.MIN_NORMAL,
                        Double.MAX_VALUE,
                        0.1,
                        Math.nextUp(1e22),
                        9007199254740992d);
            case DECIMAL -> decimals(type);
            case STRING ->
                Arrays.asList(
                        "",
                        null,
                        " ",
                        "-",
                        "0",
                        "NULL",
                        "1:a",
                        "a\nb\r\t",
                        "quote ' \" \\ %",
                        "Grüße 水 🐘 e\u0301",
                        "\u0001\u007f\uFFFF",
                        "x".repeat(70_000),
                        "é".repeat(5000));
            case BYTES ->
                Arrays.asList(
                        new byte[0],
                        null,
                        new byte[] {0},
                        new byte[] {-1, 0, 127, -128},
                        "plain".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        new byte[3000]);
            case UUID ->
                Arrays.asList(
                        new UUID(0, 0),
                        null,
                        new UUID(-1, -1),
                        UUID.fromString("80000000-0000-4000-8000-00000000000a"));
            case DATE -> Arrays.asList(0, null, -1, -2_451_545 + 10, 2_145_042_541, -719_162, -719_163, 19_000);
            case TIME -> Arrays.asList(0L, null, 1L, 86_399_999_999L, 86_400_000_000L);
            case TIMESTAMP, TIMESTAMP_TZ ->
                Arrays.asList(
                        0L,
                        null,
                        -1L,
                        1L,
                        999_999L,
                        -62_135_596_800_000_001L,
                        -210_866_803_200_000_000L,
                        9_223_372_036_854_775_806L,
                        -9_223_372_022_400_000_000L,
                        1_700_000_000_123_456L,
                        Long.MAX_VALUE,
                        -Long.MAX_VALUE);
            case LIST -> lists(type.element());
            case MAP -> maps(type.fields().get(1).type());
            case STRUCT -> structs(type.fields());
        };
    }

    /** The empty list, null, each hostile value alone, and all together. */
    private static List<Object> lists(ColumnType element) {
        List<Object> values = new ArrayList<>(Arrays.asList(List.of(), null, Arrays.asList((Object) null)));
        List<Object> all = of(element);
        for (Object value : all) {
            values.add(Arrays.asList(value));
        }
        values.add(all.stream()
                .filter(value -> !(value instanceof String text && text.length() > 100))
                .toList());
        return values;
    }

    /** The empty map, null, and maps of some hostile values by hostile keys. */
    private static List<Object> maps(ColumnType value) {
        List<Object> values = new ArrayList<>(Arrays.asList(Map.of(), null));
        List<Object> hostile = of(value);
        List<String> keys = List.of("", "null", "it's \"x\"\n\\", "\uFFFD", "😀", "a,b:{}");
        for (int i = 0; i < hostile.size(); i++) {
            Map<String, Object> map = new HashMap<>();
            for (int j = 0; j <= i % keys.size(); j++) {
                map.put(keys.get(j), hostile.get((i + j) % hostile.size()));
            }
            values.add(map);
        }
        return values;
    }

    /** Null, one whose fields are all null, and those that hold the hostile values of their fields. */
    private static List<Object> structs(List<Field> fields) {
        List<Object> values = new ArrayList<>();
        values.add(null);
        values.add(Arrays.asList(new Object[fields.size()]));
        for (int i = 0; i < 14; i++) {
            List<Object> struct = new ArrayList<>();
            for (Field field : fields) {
                List<Object> hostile = of(field.type());
                struct.add(hostile.get(i % hostile.size()));
            }
            values.add(struct);
        }
        return values;
    }

    private static List<Object> decimals(ColumnType type) {
        BigInteger nines = BigInteger.TEN.pow(type.precision()).subtract(BigInteger.ONE);
        List<Object> values = new ArrayList<>();
        for (BigInteger unscaled :
                List.of(BigInteger.ZERO, BigInteger.ONE, BigInteger.ONE.negate(), nines, nines.negate())) {
            values.add(new BigDecimal(unscaled, type.scale()));
        }
        values.add(1, null);
        return values;
    }

    private static Object random(ColumnType type, Random random) {
        return switch (type.kind()) {
            case BOOLEAN -> random.nextBoolean();
            case INT32 -> random.nextInt();
            case INT64 -> random.nextLong();
            case FLOAT32 -> Float.intBitsToFloat(random.nextInt());
            case FLOAT64 -> Double.longBitsToDouble(random.nextLong());
            case DECIMAL ->
                new BigDecimal(new BigInteger(100, random).mod(BigInteger.TEN.pow(type.precision())), type.scale());
            case STRING ->
                random.ints(random.nextInt(20), 0x20, 0x2FFF)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            case BYTES -> {
                byte[] bytes = new byte[random.nextInt(40)];
                random.nextBytes(bytes);
                yield bytes;
            }
            case UUID -> new UUID(random.nextLong(), random.nextLong());
            case DATE -> random.nextInt(4_000_000) - 2_000_000;
            case TIME -> (long) (random.nextDouble() * 86_400_000_000L);
            case TIMESTAMP, TIMESTAMP_TZ -> random.nextLong() / 4;
            case LIST -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    list.add(random.nextInt(4) == 0 ? null : random(type.element(), random));
                }
                yield list;
            }
            case MAP -> {
                Map<String, Object> map = new HashMap<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    map.put(
                            "k" + random.nextInt(20),
                            random(type.fields().get(1).type(), random));
                }
                yield map;
            }
            case STRUCT -> {
                List<Object> struct = new ArrayList<>();
                for (Field field : type.fields()) {
                    struct.add(random.nextInt(4) == 0 ? null : random(field.type(), random));
                }
                yield struct;
            }
        };
    }
}
