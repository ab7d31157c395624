package io.tidemark.lake.delta;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.kernel.expressions.Literal;
import io.delta.kernel.expressions.Predicate;
import io.tidemark.lake.delta.log.DeltaFile;
import io.tidemark.lake.delta.log.DeltaLog;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.lake.PinnedTable.PinnedFile;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.Events;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Readers skip files by their statistics, and never one with a row that they look for. */
class FileSkippingTest {
    private static final TableId TABLE = new TableId("s", "t");
    private static final List<String> COMPARISONS = List.of("=", "<", "<=", ">", ">=");
    private static final int FILES = 30;
    private static final int PREDICATES = 40;
    private static final Map<ColumnType, List<String>> VALUES = new LinkedHashMap<>();

    static {
        String a = "a".repeat(31);
        put(
                "string",
                Stream.of(
                                List.of(
                                        "",
                                        "a",
                                        "b",
                                        "\u0000",
                                        "\u00e9",
                                        "\uffff",
                                        "\ufffd",
                                        "\udbff\udfff",
                                        "\ud83d\ude00"),
                                List.of(a, a + "a", a + "aa", a + "\ud83d\ude00", a + "\ud83d\ude00z", a + "\uffff"),
                                List.of(a + "\uffffz", a + "\ud7ffz", a + "\ue000z", a + "\u0000\u0000", a + "\ud7ff"),
                                List.of(a + "\udbff\udfff", a + "\udbff\udfff\udbff\udfff", a + "\udbff\udfffz"),
                                List.of(
                                        "\udbff\udfff".repeat(32),
                                        "\udbff\udfff".repeat(40),
                                        "b" + "\uffff".repeat(40)),
                                List.of(
                                        "\ud83d\ude00".repeat(31) + "\ud83d\ude01z",
                                        "z".repeat(2000),
                                        "\ufffd".repeat(33)))
                        .flatMap(List::stream)
                        .toArray(String[]::new));
        put("int32", "0", "-1", "5", "6", "2147483647", "-2147483648");
        put("int64", "0", "-1", "5", "6", "9007199254740993", "9223372036854775807", "-9223372036854775808");
        put("decimal(9,2)", "0.00", "0.01", "-0.01", "9999999.99", "-9999999.99");
        put("decimal(18,9)", "0.000000001", "-0.000000001", "999999999.999999999");
        put("decimal(38,10)", "0.0000000001", "1234567890123456789012345678.0123456789", "-1.0000000000");
        put(
                "date",
                "-2440588",
                "-719528",
                "-141428",
                "-141427",
                "-1",
                "0",
                "19000",
                "2932896",
                "2932897",
                "2145031948");
        for (String time : List.of("timestamp", "timestamp_tz")) {
            put(
                    time,
                    "-210866803200000000",
                    "-62135596800000001",
                    "-12219292800000001",
                    "-12219292800000000",
                    "-1001",
                    "-1000",
                    "-999",
                    "-1",
                    "0",
                    "1",
                    "999",
                    "1000",
                    "1700000000123456",
                    "1700000000123999",
                    "1700000000124000",
                    "253402300799999999",
                    "-9223372036854775",
                    "9214646400000000",
                    "9223372036854776",
                    "253402300800000000",
                    "9223372036854775806");
        }
        put("float32", "00000000", "3f800000", "7fc00000", "7f800000", "ff800000", "00000001", "ff7fffff", "3dcccccd");
        put(
                "float64",
                "0000000000000000",
                "8000000000000000",
                "3ff0000000000000",
                "7ff8000000000000",
                "7ff0000000000000",
                "fff0000000000000",
                "0000000000000001",
                "ffefffffffffffff",
                "3fb999999999999a");
        put("boolean", "t", "f");
        put("bytes", "", "00", "ff");
    }

    private DeltaFixture fixture;

    @BeforeEach
    void open(@TempDir Path folder) {
        fixture = new DeltaFixture(folder, ApplyMemory.ROOMY);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static void put(String type, String... values) {
        VALUES.put(ColumnType.parse(type), List.of(values));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void noFileWithARightRowIsSkipped(long seed) {
        Random random = new Random(seed);
        LakeTable table = Mirrors.load(fixture.lake(), spec("", ""), new Events(schema("", ""), 1));
        for (int file = 0; file < FILES; file++) {
            Events events = Mirrors.events(table);
            int rows = 1 + random.nextInt(3);
            for (int row = 0; row < rows; row++) {
                events.insert(values(file * 10 + row, random));
            }
            Mirrors.apply(table, events);
        }
        Events deletes = Mirrors.events(table);
        for (int file = 0; file < FILES; file += 3) {
            deletes.delete(Integer.toString(file * 10));
        }
        Mirrors.apply(table, deletes);
        table.close();
        // Columns change their names, their statistics stay.
        try (LakeTable before = fixture.lake().find(TABLE).orElseThrow()) {
            before.evolve(schema("now: ", " `\"."), 1);
        }
        try (LakeTable renamed = fixture.lake().find(TABLE).orElseThrow()) {
            requireRightFiles(renamed, random, "seed " + seed);
        }
    }

    private void requireRightFiles(LakeTable table, Random random, String as) {
        Map<String, List<List<@Nullable String>>> living = living(table.pin());
        List<Column> columns = table.spec().schema().columns();
        KernelScan scan = new KernelScan(log());
        int skipped = 0;
        for (int i = 1; i < columns.size(); i++) {
            Column column = columns.get(i);
            for (int n = 0; n < PREDICATES; n++) {
                List<String> values = VALUES.get(column.type());
                Condition condition = condition(column, random, values.get(random.nextInt(values.size())));
                Set<String> files = scan.files(condition.predicate());
                int at = i;
                living.forEach((file, rows) -> {
                    if (rows.stream().anyMatch(row -> condition.holds(row.get(at)))) {
                        assertThat(files).as(as + " " + condition.predicate()).contains(file);
                    }
                });
                skipped += living.size() - files.size();
            }
            if (column.type().kind() != ColumnType.Kind.BOOLEAN && column.type().kind() != ColumnType.Kind.BYTES) {
                assertThat(skipped).as("files skipped by " + column).isPositive();
            }
            skipped = 0;
        }
    }

    @Test
    void boundsAreTightUntilRowsAreDeleted() throws Exception {
        LakeTable table = Mirrors.load(fixture.lake(), spec("", ""), new Events(schema("", ""), 1));
        Mirrors.apply(
                table,
                Mirrors.events(table)
                        .insert(values(1, new Random(1)))
                        .insert(values(2, new Random(1)))
                        .insert(values(3, new Random(1))));
        JsonNode before = stats();
        assertThat(before.path("numRecords").asInt()).isEqualTo(3);
        assertThat(before.path("tightBounds").asBoolean()).isTrue();
        assertThat(before.path("minValues").path("id").asInt()).isEqualTo(1);
        assertThat(before.path("maxValues").path("id").asInt()).isEqualTo(3);
        assertThat(before.path("nullCount").path("id").asInt()).isZero();
        Mirrors.apply(table, Mirrors.events(table).delete("1"));
        JsonNode after = stats();
        assertThat(after.path("tightBounds").asBoolean(true)).isFalse();
        assertThat(after.path("numRecords").asInt()).isEqualTo(3);
        assertThat(after.path("nullCount")).isEqualTo(before.path("nullCount"));
        assertThat(after.path("minValues").path("id"))
                .isEqualTo(before.path("minValues").path("id"));
        table.close();
    }

    private JsonNode stats() throws Exception {
        List<DeltaFile> files = List.copyOf(log().newest().files().all());
        assertThat(files).hasSize(1);
        return new ObjectMapper().readTree(files.get(0).stats());
    }

    private DeltaLog log() {
        return new DeltaLog(fixture.files("mirror/s/t"));
    }

    /** Rows that are not deleted, by file name. */
    private Map<String, List<List<@Nullable String>>> living(PinnedTable pinned) {
        Map<String, List<List<@Nullable String>>> living = new HashMap<>();
        for (PinnedFile file : pinned.files()) {
            List<List<@Nullable String>> rows = fixture.fileRows(pinned, file);
            file.deleted().forEach(row -> rows.set((int) row, List.of()));
            rows.removeIf(List::isEmpty);
            living.put(Path.of(file.location()).getFileName().toString(), rows);
        }
        return living;
    }

    private static LakeTableSpec spec(String prefix, String suffix) {
        return new LakeTableSpec(schema(prefix, suffix), List.of(), DeleteMode.HARD);
    }

    private static RowSchema schema(String prefix, String suffix) {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("id", ColumnType.INT64, false, "bigint", 1));
        for (ColumnType type : VALUES.keySet()) {
            int id = columns.size() + 1;
            columns.add(new Column(prefix + "c." + id + suffix, type, true, type.toString(), id));
        }
        return new RowSchema(TABLE, columns, List.of("id"), BeforeImage.KEY);
    }

    private static @Nullable String[] values(int id, Random random) {
        List<@Nullable String> values = new ArrayList<>();
        values.add(Integer.toString(id));
        for (List<String> choice : VALUES.values()) {
            values.add(random.nextInt(5) == 0 ? null : choice.get(random.nextInt(choice.size())));
        }
        return values.toArray(String[]::new);
    }

    private static Condition condition(Column column, Random random, String value) {
        io.delta.kernel.expressions.Column name = new io.delta.kernel.expressions.Column(column.name());
        int kind = random.nextInt(COMPARISONS.size() + 2);
        if (kind >= COMPARISONS.size()) {
            boolean isNull = kind == COMPARISONS.size();
            return new Condition(
                    new Predicate(isNull ? "IS_NULL" : "IS_NOT_NULL", name), column.type(), null, "", isNull);
        }
        String comparison = COMPARISONS.get(kind);
        return new Condition(
                new Predicate(comparison, name, literal(column.type(), value)),
                column.type(),
                value,
                comparison,
                false);
    }

    private static Literal literal(ColumnType type, String value) {
        return switch (type.kind()) {
            case BOOLEAN -> Literal.ofBoolean(value.equals("t"));
            case INT32 -> Literal.ofInt(Integer.parseInt(value));
            case INT64 -> Literal.ofLong(Long.parseLong(value));
            case FLOAT32 -> Literal.ofFloat(Float.intBitsToFloat(HexFormat.fromHexDigits(value)));
            case FLOAT64 -> Literal.ofDouble(Double.longBitsToDouble(HexFormat.fromHexDigitsToLong(value)));
            case DECIMAL -> Literal.ofDecimal(new BigDecimal(value), type.precision(), type.scale());
            case STRING -> Literal.ofString(value);
            case BYTES -> Literal.ofBinary(HexFormat.of().parseHex(value));
            case DATE -> Literal.ofDate(Integer.parseInt(value));
            case TIMESTAMP -> Literal.ofTimestampNtz(Long.parseLong(value));
            case TIMESTAMP_TZ -> Literal.ofTimestamp(Long.parseLong(value));
            default -> throw new IllegalArgumentException(type.toString());
        };
    }

    /** The values as SQL orders them: texts by bytes, NaN last, both zeros alike. */
    private static int compare(ColumnType type, String one, String other) {
        return switch (type.kind()) {
            case FLOAT32 ->
                Float.compare(
                        Float.intBitsToFloat(HexFormat.fromHexDigits(one)) + 0.0f,
                        Float.intBitsToFloat(HexFormat.fromHexDigits(other)) + 0.0f);
            case FLOAT64 ->
                Double.compare(
                        Double.longBitsToDouble(HexFormat.fromHexDigitsToLong(one)) + 0.0,
                        Double.longBitsToDouble(HexFormat.fromHexDigitsToLong(other)) + 0.0);
            case STRING ->
                Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
            case BYTES, BOOLEAN -> one.compareTo(other);
            default -> new BigDecimal(one).compareTo(new BigDecimal(other));
        };
    }

    /** A predicate, and whether it holds for a value. */
    private record Condition(
            Predicate predicate, ColumnType type, @Nullable String value, String comparison, boolean isNull) {
        boolean holds(@Nullable String stored) {
            if (value == null) {
                return isNull == (stored == null);
            }
            if (stored == null) {
                return false;
            }
            int order = compare(type, stored, value);
            return switch (comparison) {
                case "=" -> order == 0;
                case "<" -> order < 0;
                case "<=" -> order <= 0;
                case ">" -> order > 0;
                default -> order >= 0;
            };
        }
    }
}
