package io.tidemark.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.schema.ColumnType;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as Parquet's own reader, with its own codecs, sees them. */
class OtherReadersTest {
    @TempDir
    Path folder;

    private ParquetFiles files;

    @BeforeEach
    void openFolder() throws IOException {
        files = new ParquetFiles(folder);
    }

    @Test
    void theSchemaIsThatOfTheIcebergSpecification() throws IOException {
        List<ParquetColumn> columns = new ArrayList<>();
        List<ColumnVector> vectors = new ArrayList<>();
        for (ColumnType type : SampleValues.TYPES) {
            columns.add(new ParquetColumn("c" + columns.size(), type, columns.size() != 2, 1 + columns.size()));
            vectors.add(SampleValues.vector(type, 5, 1, false));
        }

        var footer = files.write(columns, vectors, ParquetWriteOptions.defaults());

        assertThat(footer.getFileMetaData().getSchema()).isEqualTo(MessageTypeParser.parseMessageType("""
                message table {
                  optional boolean c0 = 1;
                  optional int32 c1 = 2;
                  required int64 c2 = 3;
                  optional float c3 = 4;
                  optional double c4 = 5;
                  optional int32 c5 (DECIMAL(1,0)) = 6;
                  optional int32 c6 (DECIMAL(9,9)) = 7;
                  optional int64 c7 (DECIMAL(10,2)) = 8;
                  optional int64 c8 (DECIMAL(18,18)) = 9;
                  optional fixed_len_byte_array(9) c9 (DECIMAL(19,0)) = 10;
                  optional fixed_len_byte_array(12) c10 (DECIMAL(28,6)) = 11;
                  optional fixed_len_byte_array(16) c11 (DECIMAL(38,10)) = 12;
                  optional binary c12 (STRING) = 13;
                  optional binary c13 = 14;
                  optional fixed_len_byte_array(16) c14 (UUID) = 15;
                  optional int32 c15 (DATE) = 16;
                  optional int64 c16 (TIME(MICROS,false)) = 17;
                  optional int64 c17 (TIMESTAMP(MICROS,false)) = 18;
                  optional int64 c18 (TIMESTAMP(MICROS,true)) = 19;
                }
                """));
    }

    @Test
    void everyValueIsThatOfParquetsOwnReader() throws IOException {
        for (ColumnType type : SampleValues.TYPES) {
            ColumnVector written = SampleValues.vector(type, 6000, 9, true);
            List<ParquetColumn> columns = List.of(ParquetColumn.optional("value", type));
            files.write(columns, List.of(written), new ParquetWriteOptions(3, 64 << 10, 4096, true, false));
            ColumnVector read = files.read(columns).get(0);

            try (ParquetReader<Group> reader = new GroupReader(input()).build()) {
                for (int row = 0; row < written.size(); row++) {
                    Group group = reader.read();
                    assertThat(group.getFieldRepetitionCount("value")).isEqualTo(written.isPresent(row) ? 1 : 0);
                    if (written.isPresent(row)) {
                        assertThat(valueOf(group, type))
                                .as("row %d of %s", row, type)
                                .isEqualTo(VectorValues.of(read, row));
                    }
                }
                assertThat(reader.read()).isNull();
            }
        }
    }

    @Test
    void ascendingNumbersAreDifferencesOnlyWhereTheyAreAskedFor() throws IOException {
        List<ParquetColumn> columns = List.of(
                ParquetColumn.optional("ascending", ColumnType.INT64),
                ParquetColumn.optional("neither", ColumnType.INT64));
        LongVector ascending = (LongVector) ColumnVector.of(ColumnType.INT64, 0);
        LongVector neither = (LongVector) ColumnVector.of(ColumnType.INT64, 0);
        for (int i = 0; i < 50_000; i++) {
            if (i % 1000 == 7) {
                ascending.appendNull();
            } else {
                ascending.append(i < 100 ? Long.MIN_VALUE : i > 49_900 ? Long.MAX_VALUE : (1L << 40) | (i / 10));
            }
            neither.append(i * 0x9E3779B97F4A7C15L);
        }
        ParquetWriteOptions plain = ParquetWriteOptions.defaults().withoutDictionary();
        assertThat(encodings(files.write(columns, List.of(ascending, neither), plain)))
                .noneMatch(column -> column.contains(Encoding.DELTA_BINARY_PACKED));
        assertThat(encodings(files.write(columns, List.of(ascending, neither), plain.withDeltas())))
                .extracting(column -> column.contains(Encoding.DELTA_BINARY_PACKED))
                .containsExactly(true, false);
        ParquetFiles.assertSame(ascending, files.read(columns).get(0));
        ParquetFiles.assertSame(neither, files.read(columns).get(1));
        try (ParquetReader<Group> reader = new GroupReader(input()).build()) {
            for (int row = 0; row < ascending.size(); row++) {
                Group group = reader.read();
                assertThat(group.getFieldRepetitionCount("ascending")).isEqualTo(ascending.isPresent(row) ? 1 : 0);
                if (ascending.isPresent(row)) {
                    assertThat(group.getLong("ascending", 0)).isEqualTo(ascending.value(row));
                }
                assertThat(group.getLong("neither", 0)).isEqualTo(neither.value(row));
            }
        }
    }

    private static List<Set<Encoding>> encodings(ParquetMetadata footer) {
        return footer.getBlocks().get(0).getColumns().stream()
                .map(ColumnChunkMetaData::getEncodings)
                .toList();
    }

    @Test
    void pagesHaveChecksumsAndTheColumnHasAnIndexAndStatistics() throws IOException {
        List<ParquetColumn> columns = List.of(ParquetColumn.optional("n", ColumnType.INT64));
        LongVector numbers = (LongVector) ColumnVector.of(ColumnType.INT64, 0);
        for (int i = 0; i < 100_000; i++) {
            numbers.append(i);
        }
        files.write(columns, List.of(numbers), ParquetWriteOptions.defaults().withPageBytes(16 << 10));

        try (ParquetFileReader reader = ParquetFileReader.open(input())) {
            var chunk = reader.getFooter().getBlocks().get(0).getColumns().get(0);
            Statistics<?> statistics = chunk.getStatistics();
            assertThat(statistics.toString()).contains("min: 0, max: 99999, num_nulls: 0");
            assertThat(reader.readColumnIndex(chunk).getMinValues()).hasSizeGreaterThan(5);
            assertThat(reader.readOffsetIndex(chunk).getPageCount()).isGreaterThan(5);
            var page = reader.readNextRowGroup()
                    .getPageReader(
                            reader.getFileMetaData().getSchema().getColumns().get(0))
                    .readPage();
            assertThat(page.getCrc()).isPresent();
        }
    }

    private InputFile input() {
        return new LocalInputFile(folder.resolve(ParquetFiles.NAME));
    }

    private static Object valueOf(Group group, ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> group.getBoolean("value", 0);
            case INT32, DATE -> group.getInteger("value", 0);
            case INT64, TIME, TIMESTAMP, TIMESTAMP_TZ -> group.getLong("value", 0);
            case FLOAT32 -> group.getFloat("value", 0);
            case FLOAT64 -> group.getDouble("value", 0);
            case STRING -> group.getString("value", 0);
            case BYTES, UUID ->
                BigInteger.valueOf(1)
                        .shiftLeft(8 * group.getBinary("value", 0).length())
                        .add(new BigInteger(1, group.getBinary("value", 0).getBytes()));
            case DECIMAL -> {
                if (type.precision() <= 9) {
                    yield BigInteger.valueOf(group.getInteger("value", 0));
                }
                yield type.isWideDecimal()
                        ? new BigInteger(group.getBinary("value", 0).getBytes())
                        : BigInteger.valueOf(group.getLong("value", 0));
            }
            case LIST, STRUCT, MAP -> throw new IllegalArgumentException(type.toString());
        };
    }

    private static final class GroupReader extends ParquetReader.Builder<Group> {
        GroupReader(InputFile file) {
            super(file, new PlainParquetConfiguration());
        }

        @Override
        protected ReadSupport<Group> getReadSupport() {
            return new GroupReadSupport();
        }
    }
}
