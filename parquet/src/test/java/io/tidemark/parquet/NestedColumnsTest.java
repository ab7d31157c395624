package io.tidemark.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.parquet.storage.LocalObjectStore;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.ListVector;
import io.tidemark.spi.change.StructVector;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.verify.CanonicalText;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NestedColumnsTest {
    private static final ParquetWriteOptions SMALL = new ParquetWriteOptions(1, 64 << 10, 4096, true, false);

    @TempDir
    Path folder;

    private ParquetFiles files;

    @BeforeEach
    void openFolder() throws IOException {
        files = new ParquetFiles(folder);
    }

    static Stream<ColumnType> types() {
        return SampleValues.NESTED.stream();
    }

    @Test
    void theSchemaIsThatOfTheIcebergSpecification() throws IOException {
        ColumnType type = ColumnType.parse("list<struct<\"a\":int32,\"b\":list<decimal(10,2)>>>");
        ParquetColumn column = new ParquetColumn("c", type, true, 1, List.of(5, 6, 7, 8), null);
        var footer = files.write(List.of(column), List.of(SampleValues.vector(type, 5, 1, false)), SMALL);

        assertThat(footer.getFileMetaData().getSchema()).isEqualTo(MessageTypeParser.parseMessageType("""
                message table {
                  optional group c (LIST) = 1 {
                    repeated group list {
                      optional group element = 5 {
                        optional int32 a = 6;
                        optional group b (LIST) = 7 {
                          repeated group list {
                            optional int64 element (DECIMAL(10,2)) = 8;
                          }
                        }
                      }
                    }
                  }
                }
                """));
    }

    /** Parquet's own reader puts records together with a state machine of its own. */
    @ParameterizedTest
    @MethodSource("types")
    void everyValueIsThatOfParquetsOwnReader(ColumnType type) throws IOException {
        ColumnVector written = SampleValues.vector(type, 3000, 9, true);
        files.write(List.of(ParquetColumn.optional("value", type)), List.of(written), SMALL);
        try (ParquetReader<Group> reader = new GroupReader(folder.resolve(ParquetFiles.NAME)).build()) {
            for (int row = 0; row < written.size(); row++) {
                Group group = reader.read();
                assertThat(print(group, 0, type)).as("row %d", row).isEqualTo(print(written, row));
            }
            assertThat(reader.read()).isNull();
        }
    }

    @Test
    void fieldsAreFoundByIdElseByNameAndAreNullWhereTheFileLacksThem() throws IOException {
        ColumnType type = ColumnType.parse("list<struct<\"a\":int32,\"b\":string>>");
        ColumnVector written = ColumnVector.of(type, 1);
        CanonicalText.append(written, "6:1:71:x-");
        files.write(List.of(new ParquetColumn("c", type, true, 1, List.of(2, 3, 4), null)), List.of(written), SMALL);

        ColumnType renamed =
                ColumnType.parse("list<struct<\"new\":list<struct<\"x\":date,\"y\":date>>,\"a\":string,\"b\":int64>>");
        ParquetColumn byId = new ParquetColumn("c", renamed, true, 1, List.of(2, 9, 10, 11, 12, 4, 3), null);
        ColumnType fewer = ColumnType.parse("list<struct<\"b\":string>>");

        assertThat(CanonicalText.text(files.read(List.of(byId)).get(0), 0)).isEqualTo("7:-1:x1:7-");
        assertThat(CanonicalText.text(
                        files.read(List.of(ParquetColumn.optional("c", fewer))).get(0), 0))
                .isEqualTo("3:1:x-");
        assertThatThrownBy(() -> files.read(
                        List.of(ParquetColumn.optional("c", ColumnType.parse("list<struct<\"z\":string>>")))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not fit");
    }

    @Test
    void valuesOfRequiredPartsAndOtherNamesAreRead() throws IOException {
        MessageType schema = MessageTypeParser.parseMessageType("""
                message other {
                  required group l (LIST) { repeated group bag { required int32 item; } }
                  optional group s { required int32 a; optional group b { required binary c (STRING); } }
                }
                """);
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(
                        new LocalOutputFile(folder.resolve("other.parquet")))
                .withConf(new PlainParquetConfiguration())
                .withType(schema)
                .build()) {
            for (int row = 0; row < 3; row++) {
                Group group = new SimpleGroup(schema);
                Group list = group.addGroup("l");
                for (int i = 0; i < row; i++) {
                    list.addGroup("bag").append("item", i);
                }
                if (row > 0) {
                    Group struct = group.addGroup("s").append("a", row);
                    if (row > 1) {
                        struct.addGroup("b").append("c", "x");
                    }
                }
                writer.write(group);
            }
        }
        List<ParquetColumn> columns = List.of(
                ParquetColumn.optional("l", ColumnType.parse("list<int64>")),
                ParquetColumn.optional("s", ColumnType.parse("struct<\"a\":int32,\"b\":struct<\"c\":string>>")));
        try (var reader = ParquetBatchReader.open(new LocalObjectStore(folder).open("other.parquet"), columns)) {
            List<ColumnVector> read = reader.next().orElseThrow().columns();
            assertThat(print(read.get(0), 0)).isEqualTo("[]");
            assertThat(print(read.get(0), 2)).isEqualTo("[0, 1]");
            assertThat(print(read.get(1), 0)).isEqualTo("null");
            assertThat(print(read.get(1), 1)).isEqualTo("(1, null)");
            assertThat(CanonicalText.text(read.get(1), 2)).isEqualTo("1:23:1:x");
        }
    }

    @Test
    void aMapIsThatOfTheParquetAndIcebergSpecifications() throws IOException {
        ColumnType type = ColumnType.parse("map<string,list<int32>>");
        ParquetColumn column = new ParquetColumn("c", type, true, 1, List.of(5, 6, 7), null);
        var footer = files.write(List.of(column), List.of(SampleValues.vector(type, 5, 1, false)), SMALL);

        assertThat(footer.getFileMetaData().getSchema()).isEqualTo(MessageTypeParser.parseMessageType("""
                message table {
                  optional group c (MAP) = 1 {
                    repeated group key_value {
                      required binary key (STRING) = 5;
                      optional group value (LIST) = 6 {
                        repeated group list {
                          optional int32 element = 7;
                        }
                      }
                    }
                  }
                }
                """));
    }

    @Test
    void anEntryWithoutAKeyIsRefused() {
        ColumnType type = ColumnType.map(ColumnType.INT32);
        ColumnVector vector = ColumnVector.of(type, 1);
        CanonicalText.append(vector, "4:-1:1");
        assertThatThrownBy(() -> files.write(List.of(ParquetColumn.optional("c", type)), List.of(vector), SMALL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("without a key");
    }

    @Test
    void aMapWhoseKeysMayBeNullOrAreNoTextIsRefused() throws IOException {
        MessageType schema = MessageTypeParser.parseMessageType("""
                message other {
                  optional group m (MAP) { repeated group map { optional binary key (STRING); optional int32 value; } }
                  optional group n (MAP) { repeated group map { required int32 key; optional int32 value; } }
                }
                """);
        Files.createDirectories(folder.resolve(ParquetFiles.NAME).getParent());
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(
                        new LocalOutputFile(folder.resolve(ParquetFiles.NAME)))
                .withConf(new PlainParquetConfiguration())
                .withType(schema)
                .build()) {
            writer.write(new SimpleGroup(schema));
        }
        for (String name : List.of("m", "n")) {
            ParquetColumn column = ParquetColumn.optional(name, ColumnType.map(ColumnType.INT32));
            assertThatThrownBy(() -> files.read(List.of(column)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("does not fit");
        }
    }

    /** Other writers put the entries of maps in any order, under other names and in the older annotation. */
    @Test
    void mapsOfOtherWritersAreReadInTheOrderOfTheirKeys() throws IOException {
        MessageType schema = MessageTypeParser.parseMessageType("""
                message other {
                  required group m (MAP) { repeated group map { required binary k (STRING); required int32 v; } }
                  optional group old (MAP_KEY_VALUE) { repeated group e { required binary k (STRING); optional int32 v; } }
                }
                """);
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(
                        new LocalOutputFile(folder.resolve("other.parquet")))
                .withConf(new PlainParquetConfiguration())
                .withType(schema)
                .build()) {
            Group group = new SimpleGroup(schema);
            Group map = group.addGroup("m");
            List.of("b", "😀", "", "\uFFFD", "a")
                    .forEach(key -> map.addGroup("map").append("k", key).append("v", key.length()));
            group.addGroup("old").addGroup("e").append("k", "x");
            writer.write(group);
            Group empty = new SimpleGroup(schema);
            empty.addGroup("m");
            writer.write(empty);
        }
        ColumnType type = ColumnType.parse("map<string,int64>");
        List<ParquetColumn> columns = List.of(ParquetColumn.optional("m", type), ParquetColumn.optional("old", type));
        try (var reader = ParquetBatchReader.open(new LocalObjectStore(folder).open("other.parquet"), columns)) {
            List<ColumnVector> read = reader.next().orElseThrow().columns();
            assertThat(print(read.get(0), 0)).isEqualTo("[(, 0), (a, 1), (b, 1), (\uFFFD, 1), (😀, 2)]");
            assertThat(print(read.get(1), 0)).isEqualTo("[(x, null)]");
            assertThat(print(read.get(0), 1)).isEqualTo("[]");
            assertThat(print(read.get(1), 1)).isEqualTo("null");
        }
    }

    /** Whatever happens to the file, it is refused or read as it was: page checksums see to it. */
    @Test
    void aDamagedFileIsRefused() throws IOException {
        ColumnType type = SampleValues.NESTED.get(5);
        ColumnVector written = SampleValues.vector(type, 300, 3, true);
        List<ParquetColumn> columns = List.of(ParquetColumn.optional("value", type));
        files.write(columns, List.of(written), SMALL);
        Path file = folder.resolve(ParquetFiles.NAME);
        byte[] whole = Files.readAllBytes(file);
        Random random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 300; i++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, damaged);
            try {
                ParquetFiles.assertSame(written, files.read(columns).get(0));
            } catch (IOException | RuntimeException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(150);
    }

    private static String print(ColumnVector vector, int row) {
        if (!vector.isPresent(row)) {
            return "null";
        }
        StringBuilder out = new StringBuilder();
        if (vector instanceof ListVector list) {
            for (int i = list.start(row); i < list.end(row); i++) {
                out.append(out.isEmpty() ? "" : ", ").append(print(list.element(), i));
            }
            return "[" + out + "]";
        }
        if (vector instanceof StructVector struct) {
            return struct.fields().stream().map(field -> print(field, row)).collect(Collectors.joining(", ", "(", ")"));
        }
        return VectorValues.of(vector, row).toString();
    }

    private static String print(Group parent, int field, ColumnType type) {
        if (parent.getFieldRepetitionCount(field) == 0) {
            return "null";
        }
        StringBuilder out = new StringBuilder();
        if (type.kind() == ColumnType.Kind.LIST) {
            Group list = parent.getGroup(field, 0);
            for (int i = 0; i < list.getFieldRepetitionCount(0); i++) {
                out.append(out.isEmpty() ? "" : ", ").append(print(list.getGroup(0, i), 0, type.element()));
            }
            return "[" + out + "]";
        }
        if (type.kind() == ColumnType.Kind.MAP) {
            Group map = parent.getGroup(field, 0);
            for (int i = 0; i < map.getFieldRepetitionCount(0); i++) {
                Group entry = map.getGroup(0, i);
                ColumnType value = type.fields().get(1).type();
                out.append(out.isEmpty() ? "(" : ", (")
                        .append(entry.getString(0, 0))
                        .append(", ")
                        .append(print(entry, 1, value))
                        .append(')');
            }
            return "[" + out + "]";
        }
        if (type.kind() == ColumnType.Kind.STRUCT) {
            Group struct = parent.getGroup(field, 0);
            return IntStream.range(0, type.fields().size())
                    .mapToObj(i -> print(struct, i, type.fields().get(i).type()))
                    .collect(Collectors.joining(", ", "(", ")"));
        }
        return leaf(parent, field, type).toString();
    }

    private static Object leaf(Group parent, int field, ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> parent.getBoolean(field, 0);
            case INT32, DATE -> parent.getInteger(field, 0);
            case INT64, TIME, TIMESTAMP, TIMESTAMP_TZ -> parent.getLong(field, 0);
            case FLOAT32 -> parent.getFloat(field, 0);
            case FLOAT64 -> parent.getDouble(field, 0);
            case STRING -> parent.getString(field, 0);
            case BYTES, UUID ->
                BigInteger.valueOf(1)
                        .shiftLeft(8 * parent.getBinary(field, 0).length())
                        .add(new BigInteger(1, parent.getBinary(field, 0).getBytes()));
            case DECIMAL ->
                type.precision() <= 9
                        ? BigInteger.valueOf(parent.getInteger(field, 0))
                        : type.isWideDecimal()
                                ? new BigInteger(parent.getBinary(field, 0).getBytes())
                                : BigInteger.valueOf(parent.getLong(field, 0));
            case LIST, STRUCT, MAP -> throw new IllegalArgumentException(type.toString());
        };
    }

    private static final class GroupReader extends ParquetReader.Builder<Group> {
        GroupReader(Path file) {
            super(new LocalInputFile(file), new PlainParquetConfiguration());
        }

        @Override
        protected ReadSupport<Group> getReadSupport() {
            return new GroupReadSupport();
        }
    }
}
