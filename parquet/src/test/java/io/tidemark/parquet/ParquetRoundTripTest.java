package io.tidemark.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.schema.ColumnType;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.LongStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ParquetRoundTripTest {
    private static final ParquetWriteOptions SMALL = new ParquetWriteOptions(1, 64 << 10, 4096, true, false);

    @TempDir
    Path folder;

    private ParquetFiles files;

    @BeforeEach
    void openFolder() throws IOException {
        files = new ParquetFiles(folder);
    }

    static Stream<ColumnType> types() {
        return Stream.concat(SampleValues.TYPES.stream(), SampleValues.NESTED.stream());
    }

    @ParameterizedTest
    @MethodSource("types")
    void everyTypeComesBackBitForBitWithNullsAndExtremes(ColumnType type) throws IOException {
        for (ParquetWriteOptions options : List.of(ParquetWriteOptions.defaults(), SMALL, SMALL.withoutDictionary())) {
            List<ParquetColumn> columns = List.of(ParquetColumn.optional("value", type));
            ColumnVector written = SampleValues.vector(type, type.isNested() ? 6000 : 30_000, 42, true);

            files.write(columns, List.of(written), options);

            ParquetFiles.assertSame(written, files.read(columns).get(0));
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void everyTypeComesBackFromARequiredColumn(ColumnType type) throws IOException {
        List<ParquetColumn> columns = List.of(new ParquetColumn("value", type, false, 7));
        ColumnVector written = SampleValues.vector(type, 5000, 43, false);

        files.write(columns, List.of(written), SMALL);

        ParquetFiles.assertSame(written, files.read(columns).get(0));
    }

    @Test
    void allTypesTogetherComeBackInManyRowGroups() throws IOException {
        List<ParquetColumn> columns = new ArrayList<>();
        List<ColumnVector> written = new ArrayList<>();
        for (ColumnType type : types().toList()) {
            columns.add(new ParquetColumn("c." + columns.size() + "/\"ü", type, true, 100 + columns.size()));
            written.add(SampleValues.vector(type, 20_000, columns.size(), true));
        }

        var footer = files.write(columns, written, SMALL);

        assertThat(footer.getBlocks()).hasSizeGreaterThan(10);
        List<ColumnVector> read = files.read(columns);
        for (int i = 0; i < columns.size(); i++) {
            ParquetFiles.assertSame(written.get(i), read.get(i));
        }
    }

    @Test
    void openAllFindsTheColumnsThatWereWritten() throws IOException {
        List<ParquetColumn> columns = new ArrayList<>();
        List<ColumnVector> written = new ArrayList<>();
        for (ColumnType type : SampleValues.TYPES) {
            columns.add(new ParquetColumn("c" + columns.size(), type, columns.size() % 2 == 0, 1 + columns.size()));
            written.add(SampleValues.vector(type, 10, 1, false));
        }
        files.write(columns, written, SMALL);

        try (var reader = ParquetBatchReader.openAll(files.store().open(ParquetFiles.NAME))) {
            assertThat(reader.columns()).isEqualTo(columns);
            assertThat(reader.keyValueMetadata()).containsEntry("key", "value");
        }
    }

    @Test
    void pickedRowsAreWrittenInTheGivenOrder() throws IOException {
        List<ParquetColumn> columns =
                List.of(ParquetColumn.optional("n", ColumnType.INT64), ParquetColumn.optional("s", ColumnType.STRING));
        List<ColumnVector> vectors = List.of(
                SampleValues.vector(ColumnType.INT64, 9000, 5, true),
                SampleValues.vector(ColumnType.STRING, 9000, 6, true));
        int[] rows = IntStream.range(0, 9000).map(row -> 8999 - row).toArray();

        try (var out = files.store().create(ParquetFiles.NAME);
                var writer = new ParquetBatchWriter(out, columns, SMALL, Map.of())) {
            writer.append(vectors, rows, 1000, 9000);
            assertThat(writer.rows()).isEqualTo(8000);
            writer.finish();
        }

        List<ColumnVector> read = files.read(columns);
        for (int column = 0; column < 2; column++) {
            ColumnVector expected = ColumnVector.of(columns.get(column).type(), 16);
            for (int i = 1000; i < 9000; i++) {
                expected.appendFrom(vectors.get(column), rows[i]);
            }
            ParquetFiles.assertSame(expected, read.get(column));
        }
    }

    @Test
    void columnsAreFoundByFieldIdAfterARenameAndReadAsNullWhenMissing() throws IOException {
        files.write(
                List.of(
                        new ParquetColumn("old", ColumnType.INT32, false, 1),
                        new ParquetColumn("new", ColumnType.STRING, true, 2)),
                List.of(
                        SampleValues.vector(ColumnType.INT32, 100, 1, false),
                        SampleValues.vector(ColumnType.STRING, 100, 2, false)),
                SMALL);

        List<ColumnVector> read = files.read(List.of(
                new ParquetColumn("new", ColumnType.INT64, true, 1),
                new ParquetColumn("old", ColumnType.STRING, true, 3)));
        List<ColumnVector> byName = files.read(List.of(ParquetColumn.optional("old", ColumnType.INT32)));

        ColumnVector ints = SampleValues.vector(ColumnType.INT32, 100, 1, false);
        for (int row = 0; row < 100; row++) {
            assertThat(((LongVector) read.get(0)).value(row)).isEqualTo(((IntVector) ints).value(row));
            assertThat(read.get(1).isNull(row)).isTrue();
        }
        ParquetFiles.assertSame(ints, byName.get(0));
    }

    @Test
    void aProjectionOfMissingColumnsHasAllRows() throws IOException {
        files.write(
                List.of(ParquetColumn.optional("a", ColumnType.INT32)),
                List.of(SampleValues.vector(ColumnType.INT32, 30_000, 1, false)),
                SMALL);

        List<ColumnVector> read = files.read(List.of(ParquetColumn.optional("b", ColumnType.UUID)));

        assertThat(read.get(0).size()).isEqualTo(30_000);
    }

    @Test
    void aFileWithoutRowsIsReadable() throws IOException {
        List<ParquetColumn> columns = List.of(ParquetColumn.optional("a", ColumnType.INT32));
        files.write(columns, List.of(ColumnVector.of(ColumnType.INT32, 0)), SMALL);

        assertThat(files.read(columns).get(0).size()).isZero();
    }

    @Test
    void largeValuesStayWithinTheRowGroupLimit() throws IOException {
        List<ParquetColumn> columns = List.of(
                ParquetColumn.optional("n", ColumnType.INT32), ParquetColumn.optional("blob", ColumnType.BYTES));
        ColumnVector numbers = SampleValues.vector(ColumnType.INT32, 60, 1, false);
        BytesVector blobs = (BytesVector) ColumnVector.of(ColumnType.BYTES, 0);
        byte[] blob = new byte[1 << 20];
        Random random = new Random(1);
        for (int i = 0; i < 60; i++) {
            random.nextBytes(blob);
            blobs.append(blob);
        }
        ParquetWriteOptions options = new ParquetWriteOptions(1, 4 << 20, 1 << 20, true, false);
        long mostBuffered = 0;
        try (var out = files.store().create(ParquetFiles.NAME);
                var writer = new ParquetBatchWriter(out, columns, options, Map.of())) {
            for (int i = 0; i < 60; i += 6) {
                writer.append(List.of(numbers, blobs), i, i + 6);
                mostBuffered = Math.max(mostBuffered, writer.bufferedBytes());
            }
            writer.flushRowGroup();
            assertThat(writer.bufferedBytes()).isZero();
            assertThat(writer.bytes())
                    .isBetween(out.position(), out.position() + 8192)
                    .isGreaterThan(60 << 20);
            writer.finish();
        }
        assertThat(mostBuffered).isBetween(1L << 20, 6L << 20);
        List<ColumnVector> read = files.read(columns);
        ParquetFiles.assertSame(numbers, read.get(0));
        ParquetFiles.assertSame(blobs, read.get(1));
    }

    @Test
    void batchesOfLargeRowsAreSmall() throws IOException {
        List<ParquetColumn> columns = List.of(ParquetColumn.optional("blob", ColumnType.BYTES));
        BytesVector blobs = (BytesVector) ColumnVector.of(ColumnType.BYTES, 0);
        for (int i = 0; i < 300; i++) {
            blobs.append(new byte[1 << 18]);
        }
        files.write(columns, List.of(blobs), ParquetWriteOptions.defaults());

        try (var reader = ParquetBatchReader.open(files.store().open(ParquetFiles.NAME), columns)) {
            assertThat(reader.next().orElseThrow().rows()).isLessThan(100);
        }
    }

    @Test
    void dictionariesAreGivenUpWhereValuesDoNotRepeat() throws IOException {
        List<ParquetColumn> columns = List.of(
                ParquetColumn.optional("unique", ColumnType.INT64), ParquetColumn.optional("same", ColumnType.INT64));
        LongVector unique = (LongVector) ColumnVector.of(ColumnType.INT64, 0);
        LongVector same = (LongVector) ColumnVector.of(ColumnType.INT64, 0);
        for (int i = 0; i < 200_000; i++) {
            unique.append(i * 0x9E3779B97F4A7C15L);
            same.append(i % 10);
        }

        var footer = files.write(columns, List.of(unique, same), SMALL);

        var last = footer.getBlocks().get(footer.getBlocks().size() - 1).getColumns();
        assertThat(last.get(0).getEncodings()).noneMatch(Encoding::usesDictionary);
        assertThat(last.get(1).getEncodings()).anyMatch(Encoding::usesDictionary);
    }

    @Test
    void laterFilesOfATableDoNotTryDictionariesThatWereOfNoUse() throws IOException {
        List<ParquetColumn> columns = List.of(
                ParquetColumn.optional("unique", ColumnType.INT64),
                ParquetColumn.optional("same", ColumnType.INT64),
                ParquetColumn.optional("absent", ColumnType.INT64));
        List<ColumnVector> vectors = new ArrayList<>();
        columns.forEach(column -> vectors.add(ColumnVector.of(ColumnType.INT64, 0)));
        for (int i = 0; i < 5000; i++) {
            ((LongVector) vectors.get(0)).append(i * 0x9E3779B97F4A7C15L);
            ((LongVector) vectors.get(1)).append(i % 10);
            vectors.get(2).appendNull();
        }
        DictionaryMemory memory = new DictionaryMemory();
        List<Set<String>> without = new ArrayList<>();
        for (int i = 0; i < 103; i++) {
            without.add(memory.columnsWithout());
            try (var out = files.store().create(ParquetFiles.NAME);
                    var writer =
                            new ParquetBatchWriter(out, columns, ParquetWriteOptions.defaults(), Map.of(), memory)) {
                writer.append(vectors, 0, i == 0 ? 999 : 5000);
                writer.finish();
            }
        }

        assertThat(without.subList(0, 2)).allMatch(Set::isEmpty);
        assertThat(without.subList(2, 102)).allMatch(Set.of("unique")::equals);
        assertThat(without.get(102)).as("tried again").isEmpty();
        ParquetFiles.assertSame(vectors.get(0), files.read(columns).get(0));
    }

    @Test
    void footerCarriesStatisticsForEveryColumn() throws IOException {
        LongVector numbers = (LongVector) ColumnVector.of(ColumnType.decimal(12, 2), 0);
        numbers.append(-500);
        numbers.appendNull();
        numbers.append(700);
        numbers.appendUnchanged();

        var footer = files.write(
                List.of(ParquetColumn.optional("amount", ColumnType.decimal(12, 2))), List.of(numbers), SMALL);

        Statistics<?> statistics = footer.getBlocks().get(0).getColumns().get(0).getStatistics();
        assertThat(statistics.getNumNulls()).isEqualTo(2);
        assertThat(((LongStatistics) statistics).getMin()).isEqualTo(-500);
        assertThat(((LongStatistics) statistics).getMax()).isEqualTo(700);
    }

    @Test
    void aRequiredColumnRefusesNullAndTheFileIsThenUnusable() throws IOException {
        ColumnVector vector = ColumnVector.of(ColumnType.INT32, 0);
        vector.appendNull();
        try (var out = files.store().create(ParquetFiles.NAME);
                var writer = new ParquetBatchWriter(
                        out, List.of(new ParquetColumn("id", ColumnType.INT32, false, 1)), SMALL, Map.of())) {
            assertThatThrownBy(() -> writer.append(List.of(vector), 0, 1))
                    .hasMessage("Cannot write column: a row holds no value and the column is required (column=id)");
            assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
            out.abort();
        }
    }

    @Test
    void decimalsWithTooManyDigitsAreRefused() {
        LongVector small = (LongVector) ColumnVector.of(ColumnType.decimal(9, 2), 0);
        small.append(1_000_000_000L);
        LongVector large = (LongVector) ColumnVector.of(ColumnType.decimal(18, 2), 0);
        large.append(-1_000_000_000_000_000_000L);
        BytesVector wide = (BytesVector) ColumnVector.of(ColumnType.decimal(28, 2), 0);
        wide.append(SampleValues.wide(BigInteger.TEN.pow(30)));
        for (ColumnVector vector : List.of(small, large, wide)) {
            assertThatThrownBy(() ->
                            files.write(List.of(ParquetColumn.optional("d", vector.type())), List.of(vector), SMALL))
                    .hasMessage("Cannot write column: a value has more digits than the type (column=d, type="
                            + vector.type() + ")");
        }
    }

    @Test
    void theSameColumnTwiceIsRefused() throws IOException {
        ParquetColumn column = ParquetColumn.optional("a", ColumnType.INT32);
        files.write(List.of(column), List.of(SampleValues.vector(ColumnType.INT32, 10, 1, false)), SMALL);

        assertThatThrownBy(() -> files.read(List.of(column, column)))
                .hasMessage("Cannot read column: another one is the same column of the file (column=a)");
    }

    @Test
    void aColumnOfAnotherTypeIsRefused() throws IOException {
        files.write(
                List.of(ParquetColumn.optional("a", ColumnType.STRING)),
                List.of(SampleValues.vector(ColumnType.STRING, 10, 1, false)),
                SMALL);

        assertThatThrownBy(() -> files.read(List.of(ParquetColumn.optional("a", ColumnType.INT64))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "Cannot read column: the file's type does not fit (column=a, wanted=int64, file=");
    }
}
