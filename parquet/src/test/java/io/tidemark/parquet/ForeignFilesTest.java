package io.tidemark.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.parquet.storage.LocalObjectStore;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.schema.ColumnType;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of another writer: other codecs, page versions and forms of the same types. */
class ForeignFilesTest {
    private static final int ROWS = 3000;
    private static final MessageType SCHEMA = MessageTypeParser.parseMessageType("""
            message other {
              optional int32 small = 1;
              required binary d_bytes (DECIMAL(12,2)) = 2;
              optional fixed_len_byte_array(5) d_fixed (DECIMAL(9,2)) = 3;
              optional int64 d_long (DECIMAL(18,3)) = 4;
              optional int64 ts_millis (TIMESTAMP(MILLIS,true)) = 5;
              optional int32 t_millis (TIME(MILLIS,false)) = 6;
              optional float single = 7;
              optional binary wide (DECIMAL(38,4)) = 8;
              optional binary json (JSON) = 9;
              optional int64 nanos (TIMESTAMP(NANOS,true)) = 10;
              optional group nested = 11 { optional int32 x = 12; }
            }
            """);
    private static final List<ParquetColumn> COLUMNS = List.of(
            new ParquetColumn("small", ColumnType.INT64, true, 1),
            new ParquetColumn("d_bytes", ColumnType.decimal(14, 2), true, 2),
            new ParquetColumn("d_fixed", ColumnType.decimal(9, 2), true, 3),
            new ParquetColumn("d_long", ColumnType.decimal(30, 3), true, 4),
            new ParquetColumn("ts", ColumnType.TIMESTAMP_TZ, true, 5),
            new ParquetColumn("t", ColumnType.TIME, true, 6),
            new ParquetColumn("double", ColumnType.FLOAT64, true, 7),
            new ParquetColumn("wide", ColumnType.decimal(38, 4), true, 8),
            new ParquetColumn("json", ColumnType.STRING, true, 9));

    @TempDir
    Path folder;

    static Stream<Arguments> writers() {
        return Stream.of(
                        CompressionCodecName.UNCOMPRESSED,
                        CompressionCodecName.SNAPPY,
                        CompressionCodecName.GZIP,
                        CompressionCodecName.ZSTD)
                .flatMap(codec -> Stream.of(WriterVersion.values()).map(version -> Arguments.of(codec, version)));
    }

    @ParameterizedTest
    @MethodSource("writers")
    void otherFormsOfTheSameTypesAreRead(CompressionCodecName codec, WriterVersion version) throws IOException {
        write(codec, version);

        List<ColumnVector> read = new ArrayList<>();
        COLUMNS.forEach(column -> read.add(ColumnVector.of(column.type(), 16)));
        try (var reader = ParquetBatchReader.open(new LocalObjectStore(folder).open("other.parquet"), COLUMNS)) {
            while (reader.read(read, 777) > 0) {
                assertThat(read.get(0).size()).isPositive();
            }
        }

        for (int row = 0; row < ROWS; row++) {
            long number = row % 5 - 2L;
            boolean absent = row % 7 == 0;
            List<Object> expected = List.of(
                    number,
                    BigInteger.valueOf(number * 1000),
                    BigInteger.valueOf(number * 99),
                    BigInteger.valueOf(number * 123456789),
                    number * 1_000_000_000,
                    (number + 2) * 1000,
                    number / 4.0,
                    BigInteger.TEN.pow(30).multiply(BigInteger.valueOf(number)),
                    "{\"n\":" + number + "}");
            for (int i = 0; i < COLUMNS.size(); i++) {
                if (absent && i != 1) {
                    assertThat(read.get(i).isNull(row)).isTrue();
                } else {
                    assertThat(VectorValues.of(read.get(i), row))
                            .as("row %d, column %d", row, i)
                            .isEqualTo(expected.get(i));
                }
            }
        }
    }

    @Test
    void whatCannotBeReadExactlyIsRefused() throws IOException {
        write(CompressionCodecName.ZSTD, WriterVersion.PARQUET_1_0);

        assertRefused(
                new ParquetColumn("nanos", ColumnType.TIMESTAMP_TZ, true, 10),
                "the file's type does not fit (column=nanos");
        assertRefused(
                new ParquetColumn("ts", ColumnType.TIMESTAMP, true, 5), "the file's type does not fit (column=ts");
        assertRefused(
                new ParquetColumn("d", ColumnType.decimal(14, 3), true, 2), "the file's type does not fit (column=d");
        assertRefused(
                new ParquetColumn("d", ColumnType.decimal(11, 2), true, 2), "the file's type does not fit (column=d");
        assertRefused(
                new ParquetColumn("small", ColumnType.DATE, true, 1), "the file's type does not fit (column=small");
        assertRefused(
                new ParquetColumn("nested", ColumnType.INT32, true, 11), "the file's type does not fit (column=nested");
        for (String type : List.of("list<int32>", "struct<\"x\":string>", "struct<\"y\":int32>")) {
            assertRefused(
                    new ParquetColumn("nested", ColumnType.parse(type), true, 11),
                    "the file's type does not fit (column=nested");
        }
        assertRefused(
                new ParquetColumn("small", ColumnType.parse("list<int32>"), true, 1),
                "the file's type does not fit (column=small");
    }

    @Test
    void aFileThatIsNotParquetIsRefused() throws IOException {
        for (String text : List.of("", "PAR1", "PAR1 and a tail that says nothing PAR1", "x".repeat(1000))) {
            Files.writeString(folder.resolve("text.parquet"), text);
            var in = new LocalObjectStore(folder).open("text.parquet");
            assertThatThrownBy(() -> ParquetBatchReader.open(in, COLUMNS))
                    .isInstanceOfAny(IOException.class, RuntimeException.class);
            assertThatThrownBy(() -> in.readFully(0, new byte[1], 0, 1))
                    .as("the object is closed")
                    .isInstanceOf(IOException.class);
        }
    }

    private void assertRefused(ParquetColumn column, String reason) throws IOException {
        var in = new LocalObjectStore(folder).open("other.parquet");
        assertThatThrownBy(() -> ParquetBatchReader.open(in, List.of(column)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
    }

    private void write(CompressionCodecName codec, WriterVersion version) throws IOException {
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(
                        new LocalOutputFile(folder.resolve("other.parquet")))
                .withConf(new PlainParquetConfiguration())
                .withType(SCHEMA)
                .withCompressionCodec(codec)
                .withWriterVersion(version)
                .withPageSize(1024)
                .build()) {
            for (int row = 0; row < ROWS; row++) {
                writer.write(group(row % 5 - 2, row % 7 == 0));
            }
        }
    }

    private static Group group(int number, boolean absent) {
        Group group = new SimpleGroup(SCHEMA);
        group.add(
                "d_bytes",
                Binary.fromConstantByteArray(BigInteger.valueOf(number * 1000L).toByteArray()));
        if (absent) {
            return group;
        }
        group.add("small", number);
        byte[] fixed = new byte[5];
        BigInteger unscaled = BigInteger.valueOf(number * 99L);
        java.util.Arrays.fill(fixed, (byte) (unscaled.signum() < 0 ? -1 : 0));
        byte[] least = unscaled.toByteArray();
        System.arraycopy(least, 0, fixed, 5 - least.length, least.length);
        group.add("d_fixed", Binary.fromConstantByteArray(fixed));
        group.add("d_long", number * 123456789L);
        group.add("ts_millis", number * 1_000_000L);
        group.add("t_millis", number + 2);
        group.add("single", number / 4f);
        group.add(
                "wide",
                Binary.fromConstantByteArray(BigInteger.TEN
                        .pow(30)
                        .multiply(BigInteger.valueOf(number))
                        .toByteArray()));
        group.add("json", "{\"n\":" + number + "}");
        return group;
    }
}
