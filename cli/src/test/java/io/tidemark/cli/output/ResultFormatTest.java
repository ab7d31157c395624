package io.tidemark.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.output.ResultFormat.ResultWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResultFormatTest {
    private static final List<Object> HOSTILE = Arrays.asList(
            null,
            "",
            "a,b \"c\"\r\nd",
            "ü😀",
            new BigDecimal("-12345678901234567890123456789012345678.10"),
            new BigDecimal("1E+3"),
            Long.MIN_VALUE,
            new BigInteger("170141183460469231731687303715884105727"),
            Double.NaN,
            Double.NEGATIVE_INFINITY,
            -0.0,
            1e-7,
            true,
            new byte[] {0, (byte) 0xff},
            UUID.fromString("00000000-0000-0000-0000-0000000000ff"),
            LocalDate.of(-4712, 1, 1),
            LocalTime.of(23, 59, 59, 999_999_000),
            LocalDateTime.of(2026, 11, 20, 8, 31),
            OffsetDateTime.parse("2026-11-20T10:31:00.000001+02:00"),
            Instant.parse("2026-11-20T08:31:00.5Z"));

    @Test
    void writesCsvAsRfc4180HasIt() {
        assertThat(written(ResultFormat.CSV, HOSTILE))
                .startsWith("c0,c1,c2,")
                .endsWith("\r\n,\"\",\"a,b \"\"c\"\"\r\nd\",ü😀,-12345678901234567890123456789012345678.10,1000,"
                        + "-9223372036854775808,170141183460469231731687303715884105727,NaN,-Infinity,-0.0,1.0E-7,true,"
                        + "\\x00ff,00000000-0000-0000-0000-0000000000ff,-4712-01-01,23:59:59.999999,"
                        + "2026-11-20T08:31:00,2026-11-20T08:31:00.000001Z,2026-11-20T08:31:00.5Z\r\n");
    }

    @Test
    void writesJsonExactlyOneObjectPerLine() {
        assertThat(written(ResultFormat.JSON, HOSTILE))
                .isEqualTo("{\"c0\":null,\"c1\":\"\",\"c2\":\"a,b \\\"c\\\"\\r\\nd\",\"c3\":\"ü😀\","
                        + "\"c4\":\"-12345678901234567890123456789012345678.10\",\"c5\":\"1000\","
                        + "\"c6\":-9223372036854775808,\"c7\":\"170141183460469231731687303715884105727\","
                        + "\"c8\":\"NaN\",\"c9\":\"-Infinity\",\"c10\":-0.0,\"c11\":1.0E-7,\"c12\":true,"
                        + "\"c13\":\"\\\\x00ff\",\"c14\":\"00000000-0000-0000-0000-0000000000ff\","
                        + "\"c15\":\"-4712-01-01\",\"c16\":\"23:59:59.999999\",\"c17\":\"2026-11-20T08:31:00\","
                        + "\"c18\":\"2026-11-20T08:31:00.000001Z\",\"c19\":\"2026-11-20T08:31:00.5Z\"}\n");
    }

    @Test
    void writesListsAndMapsAsJsonInEveryFormat() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("k", Arrays.asList(1, null, new BigDecimal("1.50")));
        List<Object> row = List.of(map);

        assertThat(written(ResultFormat.JSON, row)).isEqualTo("{\"c0\":{\"k\":[1,null,\"1.50\"]}}\n");
        assertThat(written(ResultFormat.CSV, row)).isEqualTo("c0\r\n\"{\"\"k\"\":[1,null,\"\"1.50\"\"]}\"\r\n");
    }

    @Test
    void keepsColumnsOfTheSameNameApartInJson() {
        Capture capture = Capture.piped();
        ResultWriter writer = ResultFormat.JSON.writer(capture.asTerminal());
        writer.columns(List.of("id", "id", "id_2", "id"), List.of("INTEGER", "INTEGER", "INTEGER", "INTEGER"));
        writer.row(List.of(1, 2, 3, 4));
        writer.finish();

        assertThat(capture.out()).isEqualTo("{\"id\":1,\"id_2\":2,\"id_2_2\":3,\"id_3\":4}\n");
    }

    @Test
    void writesATableWithItsNumberOfRows() {
        Capture capture = Capture.piped();
        ResultWriter writer = ResultFormat.TABLE.writer(capture.asTerminal());
        writer.columns(List.of("id", "balance", "note"), List.of("BIGINT", "DECIMAL(12,2)", "VARCHAR"));
        writer.row(Arrays.asList(1L, new BigDecimal("10.50"), null));
        writer.row(Arrays.asList(22L, new BigDecimal("7.00"), "x"));
        writer.finish();

        assertThat(capture.out().lines())
                .containsExactly("id  balance  note", " 1    10.50  null", "22     7.00  x", "(2 rows)");
        assertThat(capture.err()).isEmpty();
    }

    @Test
    void saysWhenValuesWereCut() {
        Capture capture = Capture.terminal(40);
        ResultWriter writer = ResultFormat.TABLE.writer(capture.asTerminal());
        writer.columns(List.of("note"), List.of("VARCHAR"));
        writer.row(List.of("x".repeat(100)));
        writer.finish();

        assertThat(capture.out()).contains("…");
        assertThat(capture.err()).contains("--format csv or json shows them whole");
    }

    @Test
    void writesBigTablesPageByPage() {
        Capture capture = Capture.piped();
        ResultWriter writer = ResultFormat.TABLE.writer(capture.asTerminal());
        writer.columns(List.of("n"), List.of("INTEGER"));
        IntStream.range(0, 2_500).forEach(n -> writer.row(List.of(n)));
        writer.finish();

        assertThat(capture.out().lines().filter(line -> line.strip().matches("\\d+")))
                .hasSize(2_500);
        assertThat(capture.out()).endsWith("(2,500 rows)\n");
    }

    @Test
    void writesTheHeadingsOfAnEmptyResult() {
        assertThat(written(ResultFormat.TABLE, null)).isEqualTo("c0\n(0 rows)\n");
        assertThat(written(ResultFormat.CSV, null)).isEqualTo("c0\r\n");
        assertThat(written(ResultFormat.JSON, null)).isEmpty();
    }

    private static String written(ResultFormat format, List<Object> row) {
        Capture capture = Capture.piped();
        ResultWriter writer = format.writer(capture.asTerminal());
        int columns = row == null ? 1 : row.size();
        writer.columns(
                IntStream.range(0, columns).mapToObj(i -> "c" + i).toList(),
                IntStream.range(0, columns).mapToObj(i -> "VARCHAR").toList());
        if (row != null) {
            writer.row(row);
        }
        writer.finish();
        return capture.out();
    }
}
