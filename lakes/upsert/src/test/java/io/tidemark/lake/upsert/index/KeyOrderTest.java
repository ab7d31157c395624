package io.tidemark.lake.upsert.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.schema.ColumnType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyOrderTest {
    @TempDir
    Path folder;

    @Test
    void encodedNumbersSortLikeNumbers() {
        LongVector values = (LongVector) ColumnVector.of(ColumnType.INT64, 8);
        for (long value : new long[] {Long.MIN_VALUE, -2, -1, 0, 1, 255, 256, Long.MAX_VALUE}) {
            values.append(value);
        }
        assertAscending(List.of(values));
    }

    @Test
    void encodedDoublesSortLikeDoublesAndTellZerosApart() {
        DoubleVector values = (DoubleVector) ColumnVector.of(ColumnType.FLOAT64, 8);
        for (double value : new double[] {
            Double.NEGATIVE_INFINITY, -1.5, -0.0, 0.0, Double.MIN_VALUE, 2.5, Double.POSITIVE_INFINITY, Double.NaN
        }) {
            values.append(value);
        }
        assertAscending(List.of(values));
    }

    @Test
    void textsOfSeveralColumnsNeverRunIntoEachOther() {
        BytesVector left = (BytesVector) ColumnVector.of(ColumnType.STRING, 8);
        BytesVector right = (BytesVector) ColumnVector.of(ColumnType.STRING, 8);
        String[][] pairs = {
            {"", ""}, {"", "a"}, {"\0", ""}, {"\0", "\0"}, {"a", ""}, {"a", "b"}, {"a\0", "b"}, {"ab", ""}, {"b", ""}
        };
        for (String[] pair : pairs) {
            left.append(pair[0]);
            right.append(pair[1]);
        }
        assertAscending(List.of(left, right));
    }

    @Test
    void wideDecimalsSortBySignAndValue() {
        BytesVector values = (BytesVector) ColumnVector.of(ColumnType.decimal(30, 0), 4);
        byte[] minusOne = new byte[16];
        Arrays.fill(minusOne, (byte) -1);
        byte[] one = new byte[16];
        one[15] = 1;
        values.append(minusOne);
        values.append(new byte[16]);
        values.append(one);
        assertAscending(List.of(values));
    }

    @Test
    void keyTableNumbersEachKeyOnce() {
        KeyTable table = new KeyTable();
        KeyBuffer buffer = new KeyBuffer();
        Random random = new Random(5);
        Map<String, Integer> model = new TreeMap<>();
        for (int i = 0; i < 20_000; i++) {
            byte[] key = Integer.toString(random.nextInt(6000)).getBytes(StandardCharsets.UTF_8);
            buffer.reset();
            buffer.putBytes(key, 0, key.length);
            int expected = model.computeIfAbsent(new String(key, StandardCharsets.UTF_8), text -> model.size());
            assertThat(table.findOrAdd(buffer)).isEqualTo(expected);
        }
        table.clear();
        assertThat(table.find(buffer.data(), 0, buffer.length())).isEqualTo(-1);
    }

    @Test
    void sortMergesRunsAndReportsAllButTheNewestOfAKey() throws IOException {
        Random random = new Random(9);
        Map<String, Long> newest = new TreeMap<>();
        List<Long> expectedDuplicates = new ArrayList<>();
        List<Long> duplicates = new ArrayList<>();
        Map<String, Long> sorted = new java.util.LinkedHashMap<>();
        try (EntrySort sort = new EntrySort(folder, 2000, duplicates::add)) {
            EntrySort.Part[] parts = {sort.part(), sort.part()};
            KeyBuffer buffer = new KeyBuffer();
            for (long location = 0; location < 5000; location++) {
                byte[] key = HexFormat.of()
                        .formatHex(new byte[] {(byte) random.nextInt(256), (byte) random.nextInt(13)})
                        .getBytes(StandardCharsets.UTF_8);
                buffer.reset();
                buffer.putByte(KeyEncoder.ENTRY);
                buffer.putBytes(key, 0, key.length);
                parts[random.nextInt(2)].add(buffer, location);
                Long before = newest.put(new String(key, StandardCharsets.UTF_8), location);
                if (before != null) {
                    expectedDuplicates.add(before);
                }
            }
            parts[0].finish();
            parts[1].finish();
            sort.forEach((key, from, to, location) -> assertThat(
                            sorted.put(new String(key, from + 1, to - from - 1, StandardCharsets.UTF_8), location))
                    .isNull());
        }
        assertThat(List.copyOf(sorted.entrySet())).isEqualTo(List.copyOf(newest.entrySet()));
        assertThat(duplicates).containsExactlyInAnyOrderElementsOf(expectedDuplicates);
        try (var left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void entryValuesKeepEveryLocation() {
        for (long location : new long[] {
            RowLocation.NONE,
            RowLocation.of(0, 0),
            RowLocation.of(127, 128),
            RowLocation.of(Integer.MAX_VALUE, Integer.MAX_VALUE)
        }) {
            assertThat(EntryValue.read(EntryValue.write(location))).isEqualTo(location);
        }
    }

    private static void assertAscending(List<? extends ColumnVector> columns) {
        KeyEncoder encoder = KeyEncoder.ofKey(
                java.util.stream.IntStream.range(0, columns.size()).toArray());
        KeyArena arena = new KeyArena(4);
        int rows = columns.get(0).size();
        for (int row = rows - 1; row >= 0; row--) {
            KeyBuffer key = encoder.encode(columns, row);
            arena.add(key.data(), 0, key.length());
        }
        int[] order = KeySort.order(arena);
        for (int i = 0; i < rows; i++) {
            assertThat(order[i]).as("place %d", i).isEqualTo(rows - 1 - i);
            if (i > 0) {
                assertThat(arena.compare(order[i - 1], order[i]))
                        .as("place %d differs from the one before", i)
                        .isNegative();
            }
        }
    }
}
