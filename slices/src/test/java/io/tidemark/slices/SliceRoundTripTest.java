package io.tidemark.slices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.ListVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.StructVector;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceFormat;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.slice.SliceWriter;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(SliceFormat.class)
class SliceRoundTripTest {
    private static final List<ColumnType> TYPES = List.of(
            ColumnType.BOOLEAN,
            ColumnType.INT32,
            ColumnType.INT64,
            ColumnType.FLOAT32,
            ColumnType.FLOAT64,
            ColumnType.decimal(9, 2),
            ColumnType.decimal(18, 0),
            ColumnType.decimal(38, 38),
            ColumnType.STRING,
            ColumnType.BYTES,
            ColumnType.UUID,
            ColumnType.DATE,
            ColumnType.TIME,
            ColumnType.TIMESTAMP,
            ColumnType.TIMESTAMP_TZ,
            ColumnType.parse("list<decimal(38,38)>"),
            ColumnType.parse("map<string,map<string,list<bytes>>>"),
            ColumnType.parse("struct<\"a b\\\"\":float64,\"l\":list<struct<\"x\":string,\"y\":timestamp>>>"));

    @TempDir
    Path folder;

    @Parameter
    SliceFormat format;

    private SliceLogFixture fixture;
    private ParquetSliceLog log;

    @BeforeEach
    void openLog() throws IOException {
        fixture = new SliceLogFixture(folder, format);
        log = fixture.log();
    }

    @Test
    void everyTypeComesBackWithNullsUnchangedValuesAndExtremes() {
        long seed = System.nanoTime();
        RowSchema schema = schemaOf(TYPES);
        ChangeBatch written = randomBatch(schema, 20_000, seed);

        ChangeBatch read = roundTrip(written);

        assertThat(read.size()).as("seed %d", seed).isEqualTo(written.size());
        for (int i = 0; i < TYPES.size(); i++) {
            for (int row = 0; row < written.size(); row++) {
                ColumnVector expected = written.column(i);
                ColumnVector found = read.column(i);
                String place = "seed " + seed + ", row " + row + ", type " + TYPES.get(i);
                assertThat(found.isNull(row)).as(place).isEqualTo(expected.isNull(row));
                assertThat(found.isUnchanged(row)).as(place).isEqualTo(expected.isUnchanged(row));
                if (expected.isPresent(row)) {
                    assertThat(found.sameValue(row, expected, row)).as(place).isTrue();
                }
            }
        }
        for (int row = 0; row < written.size(); row++) {
            assertThat(read.operation(row)).isEqualTo(written.operation(row));
            assertThat(read.position(row)).isEqualTo(written.position(row));
            assertThat(read.sequence(row)).isEqualTo(written.sequence(row));
            assertThat(read.transaction(row)).isEqualTo(written.transaction(row));
            assertThat(read.commitMicros(row)).isEqualTo(written.commitMicros(row));
        }
    }

    @Test
    void aTableWithoutColumnsHasEvents() {
        RowSchema schema = new RowSchema(new TableId("public", "nothing"), List.of(), List.of(), BeforeImage.NONE);
        ChangeBatch batch = new ChangeBatch(schema, 1);
        batch.beginRow(Operation.INSERT, 5, 0, 1, 2);

        assertThat(roundTrip(batch).size()).isEqualTo(1);
    }

    @Test
    void columnsNamedLikeThoseOfTheEventAreKeptApart() {
        List<String> names =
                List.of("_tidemark_op", "__tidemark_op", "_TIDEMARK_position", "_tidemark_", "___tidemark_x\n");
        List<Column> columns = names.stream()
                .map(name -> new Column(name, ColumnType.STRING, true, "text"))
                .toList();
        ChangeBatch batch =
                new ChangeBatch(new RowSchema(new TableId("s", "t"), columns, List.of(), BeforeImage.FULL), 1);
        batch.beginRow(Operation.INSERT, 5, 0, 1, 2);
        for (int i = 0; i < names.size(); i++) {
            ((BytesVector) batch.column(i)).append("value " + i);
        }

        ChangeBatch read = roundTrip(batch);

        for (int i = 0; i < names.size(); i++) {
            assertThat(((BytesVector) read.column(i)).text(0)).isEqualTo("value " + i);
        }
    }

    @Test
    void hostileTableNamesGetReadableFileNamesThatDoNotMeet() {
        List<TableId> tables = List.of(
                new TableId("public", "Accounts"),
                new TableId("public", "accounts"),
                new TableId("public", "accounts.2"),
                new TableId("public.accounts", "2"),
                new TableId("..", "../../etc/passwd"),
                new TableId("a/b", "c\\d\"e'f g\u0000"),
                new TableId("Ünïcode", "表".repeat(21)),
                new TableId("Ünïcode", "表".repeat(20) + "x"),
                new TableId("x".repeat(63), "y".repeat(63)),
                new TableId("-", "%2F~$"));
        SliceManifest sealed;
        try (SliceWriter writer = log.open()) {
            for (int i = 0; i < tables.size(); i++) {
                TableId table = tables.get(i);
                writer.append(
                        SliceLogFixture.inserts(SliceLogFixture.accounts(table.schema(), table.name()), 10 + i, 1));
            }
            sealed = fixture.seal(writer, 100);
        }

        assertThat(sealed.files())
                .extracting(SliceFile::schema)
                .extracting(RowSchema::table)
                .containsExactlyInAnyOrderElementsOf(tables);
        for (SliceFile file : sealed.files()) {
            String name =
                    file.path().substring(SliceNames.folderOf(sealed.path()).length());
            assertThat(name).matches("[A-Za-z0-9_.-]{1,250}").endsWith(format.ending());
            assertThat(SliceLogFixture.ids(SliceLogFixture.readAll(log, file)))
                    .containsExactly(10L + tables.indexOf(file.schema().table()));
        }
        assertThat(sealed.files().stream().map(file -> SliceNames.caseless(file.path())))
                .doesNotHaveDuplicates();
        assertThat(fixture.log().newest()).contains(sealed);
        assertThat(SliceNames.file(tables.get(5))).isEqualTo("a-2Fb.c-5Cd-22e-27f-20g-00");
    }

    @Test
    void rowsOfManyBatchesComeBack() {
        RowSchema schema = schemaOf(List.of(ColumnType.STRING));
        ChangeBatch batch = new ChangeBatch(schema, 16);
        for (int row = 0; row < 9; row++) {
            batch.beginRow(Operation.INSERT, 5, row, 1, 2);
            ((BytesVector) batch.column(0)).append("\\\"\n\u2028/".repeat(200_000) + row);
        }

        ChangeBatch read = roundTrip(batch);

        assertThat(read.size()).isEqualTo(9);
        for (int row = 0; row < 9; row++) {
            assertThat(read.column(0).sameValue(row, batch.column(0), row)).isTrue();
        }
    }

    @Test
    void aValueThatDoesNotFitItsTypeIsRefusedWithTheTable() {
        RowSchema schema = schemaOf(List.of(ColumnType.decimal(4, 2)));
        ChangeBatch batch = new ChangeBatch(schema, 1);
        batch.beginRow(Operation.INSERT, 5, 0, 1, 2);
        ((LongVector) batch.column(0)).append(10_000);

        try (SliceWriter writer = log.open()) {
            assertThatThrownBy(() -> writer.append(batch))
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_VALUE))
                    .hasMessage("Cannot write slice 1: Cannot write column: a value has more digits than the type "
                            + "(column=c0, type=decimal(4,2)) (table=public.every type)");
        }
    }

    private ChangeBatch roundTrip(ChangeBatch batch) {
        try (SliceWriter writer = log.open()) {
            writer.append(batch);
            SliceManifest sealed = fixture.seal(writer, batch.position(batch.size() - 1));
            return SliceLogFixture.readAll(log, sealed.files().get(0));
        }
    }

    private static RowSchema schemaOf(List<ColumnType> types) {
        List<Column> columns = new ArrayList<>();
        types.forEach(type -> columns.add(new Column("c" + columns.size(), type, true, type.toString())));
        return new RowSchema(new TableId("public", "every type"), columns, List.of(), BeforeImage.FULL);
    }

    private static ChangeBatch randomBatch(RowSchema schema, int rows, long seed) {
        Random random = new Random(seed);
        ChangeBatch batch = new ChangeBatch(schema, 16);
        Operation[] operations = Operation.values();
        for (int row = 0; row < rows; row++) {
            batch.beginRow(
                    operations[random.nextInt(operations.length)],
                    1 + row / 3,
                    row % 3,
                    random.nextLong(),
                    random.nextLong(-4_000_000_000_000_000L, 4_000_000_000_000_000L));
            for (ColumnVector column : batch.columns()) {
                switch (random.nextInt(6)) {
                    case 0 -> column.appendNull();
                    case 1 -> column.appendUnchanged();
                    default -> appendValue(column, random);
                }
            }
        }
        return batch;
    }

    private static void appendValue(ColumnVector column, Random random) {
        switch (column.type().kind()) {
            case BOOLEAN -> ((BooleanVector) column).append(random.nextBoolean());
            case INT32, DATE ->
                ((IntVector) column).append(random.nextInt(4) == 0 ? Integer.MIN_VALUE : random.nextInt());
            case INT64, TIMESTAMP, TIMESTAMP_TZ ->
                ((LongVector) column).append(random.nextInt(4) == 0 ? Long.MAX_VALUE : random.nextLong());
            case TIME -> ((LongVector) column).append(random.nextLong(86_400_000_000L));
            // Which bits a NaN has is not kept, by Java as little as by databases.
            case FLOAT32 ->
                ((FloatVector) column)
                        .append(Float.intBitsToFloat(Float.floatToIntBits(Float.intBitsToFloat(random.nextInt()))));
            case FLOAT64 ->
                ((DoubleVector) column)
                        .append(Double.longBitsToDouble(
                                Double.doubleToLongBits(Double.longBitsToDouble(random.nextLong()))));
            case STRING ->
                ((BytesVector) column).append(random.nextInt(5) == 0 ? "" : "ü\uD83D\uDE80" + random.nextInt());
            case BYTES -> ((BytesVector) column).append(randomBytes(random, random.nextInt(50)));
            case UUID -> ((BytesVector) column).append(randomBytes(random, 16));
            case DECIMAL -> appendDecimal(column, random);
            case LIST -> {
                ((ListVector) column).begin();
                for (int i = random.nextInt(4); i > 0; i--) {
                    appendInside(((ListVector) column).element(), random);
                }
            }
            case MAP -> {
                ListVector map = (ListVector) column;
                StructVector entries = (StructVector) map.element();
                map.begin();
                for (String key : List.of("😀", "\uFFFD", "", "a\"\n")) {
                    if (random.nextBoolean()) {
                        entries.begin();
                        ((BytesVector) entries.field(0)).append(key);
                        appendInside(entries.field(1), random);
                    }
                }
                map.orderEntries();
            }
            case STRUCT -> {
                ((StructVector) column).begin();
                ((StructVector) column).fields().forEach(field -> appendInside(field, random));
            }
        }
    }

    private static void appendInside(ColumnVector column, Random random) {
        if (random.nextInt(4) == 0) {
            column.appendNull();
        } else {
            appendValue(column, random);
        }
    }

    private static void appendDecimal(ColumnVector column, Random random) {
        BigInteger limit = BigInteger.TEN.pow(column.type().precision()).subtract(BigInteger.ONE);
        BigInteger value = random.nextInt(4) == 0 ? limit : new BigInteger(limit.bitLength() + 9, random).mod(limit);
        value = random.nextBoolean() ? value : value.negate();
        if (column instanceof LongVector longs) {
            longs.append(value.longValueExact());
        } else {
            byte[] wide = new byte[16];
            Arrays.fill(wide, (byte) (value.signum() < 0 ? -1 : 0));
            byte[] least = value.toByteArray();
            System.arraycopy(least, 0, wide, 16 - least.length, least.length);
            ((BytesVector) column).append(wide);
        }
    }

    private static byte[] randomBytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
