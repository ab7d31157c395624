package io.tidemark.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.lake.PinnedTable.PinnedFile;
import io.tidemark.spi.query.QueryEngine;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.verify.BucketDigest;
import io.tidemark.spi.verify.DigestRequest;
import io.tidemark.spi.verify.TableReading;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckDbTableReadingTest {
    private static final TableId TABLE = new TableId("public", "hostile");
    private static final Column ID = new Column("id", ColumnType.INT64, false, "bigint");

    @TempDir
    Path folder;

    private QueryEngine engine;
    private MirrorFiles files;

    @BeforeEach
    void open() throws Exception {
        engine = new DuckDbQueryEngineProvider().open(folder.resolve("scratch"), 512L << 20);
        files = new MirrorFiles(folder.resolve("lake"));
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void agreesWithTheDefinitionForHostileValuesOfEveryType() throws Exception {
        List<Column> columns = withId(HostileValues.columns());
        RowSchema schema = new RowSchema(TABLE, columns, List.of("id"), BeforeImage.KEY);
        List<List<Object>> rows = numbered(HostileValues.rows(HostileValues.columns(), 400, 7), 0);
        assertAgrees(schema, rows, List.of(files.write(columns, rows)), DeleteMode.HARD);
    }

    @Test
    void agreesForNestedColumnsOfATableWithoutKeyAndWithDeletedRows() throws Exception {
        List<Column> columns = HostileValues.columns();
        RowSchema schema = new RowSchema(TABLE, columns, List.of(), BeforeImage.FULL);
        List<List<Object>> rows = HostileValues.rows(columns, 100, 8);
        assertAgrees(schema, rows.subList(1, 99), List.of(files.write(columns, rows, 0, 99)), DeleteMode.HARD);
    }

    @Test
    void agreesForEveryTypeAsKey() throws Exception {
        for (Column column : HostileValues.flat()) {
            RowSchema schema = new RowSchema(TABLE, List.of(ID, column), List.of(column.name(), "id"), BeforeImage.KEY);
            List<List<Object>> rows = numbered(HostileValues.rows(List.of(column), 60, 3), 0);
            assertAgrees(schema, rows, List.of(files.write(schema.columns(), rows)), DeleteMode.HARD);
        }
    }

    @Test
    void leavesOutDeletedRowsOfSeveralFiles() throws Exception {
        Column note = new Column("note", ColumnType.STRING, true, "text");
        RowSchema schema = new RowSchema(TABLE, List.of(ID, note), List.of("id"), BeforeImage.KEY);
        Random random = new Random(42);
        for (int round = 0; round < 5; round++) {
            List<PinnedFile> pinned = new ArrayList<>();
            List<List<Object>> live = new ArrayList<>();
            for (int file = 0; file < 7; file++) {
                List<List<Object>> rows =
                        numbered(HostileValues.rows(List.of(note), 1 + random.nextInt(3000), file), file * 10_000L);
                double part = new double[] {0, 0.01, 0.5, 0.99, 1}[random.nextInt(5)];
                long[] deleted = IntStream.range(0, rows.size())
                        .filter(i -> random.nextDouble() < part)
                        .asLongStream()
                        .toArray();
                Set<Long> gone = Arrays.stream(deleted).boxed().collect(Collectors.toSet());
                for (int i = 0; i < rows.size(); i++) {
                    if (!gone.contains((long) i)) {
                        live.add(rows.get(i));
                    }
                }
                pinned.add(files.write(schema.columns(), rows, deleted));
            }
            assertAgrees(schema, live, pinned, DeleteMode.HARD);
        }
    }

    @Test
    void countsEqualRowsOfATableWithoutKeyAsOftenAsTheyAreThere() throws Exception {
        Column note = new Column("note", ColumnType.STRING, true, "text");
        RowSchema schema = new RowSchema(TABLE, List.of(note), List.of(), BeforeImage.FULL);
        List<List<Object>> rows = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            rows.add(Arrays.asList(i % 3 == 0 ? null : "same"));
        }
        assertAgrees(schema, rows, List.of(files.write(schema.columns(), rows)), DeleteMode.HARD);
    }

    @Test
    void findsNothingInAnEmptyTable() throws Exception {
        RowSchema schema = new RowSchema(TABLE, withId(HostileValues.columns()), List.of("id"), BeforeImage.KEY);
        TableReading reading = engine.reading(pinned(schema, List.of(), DeleteMode.HARD));
        assertThat(reading.digests(DigestRequest.whole(16))).isEmpty();
        reading.rows(DigestRequest.whole(1), Set.of(0), row -> {
            throw new AssertionError("no row is there");
        });
    }

    @Test
    void leavesOutSoftDeletedRowsAndTheirMark() throws Exception {
        RowSchema schema = new RowSchema(TABLE, List.of(ID), List.of("id"), BeforeImage.KEY);
        List<Column> inFile = List.of(ID, new Column(LakeTableSpec.DELETED_AT, ColumnType.TIMESTAMP_TZ, true, ""));
        PinnedFile file = files.write(
                inFile,
                List.of(Arrays.asList(1L, null), Arrays.asList(2L, 1_700_000_000_000_000L), Arrays.asList(3L, null)),
                2);
        // Files from before the first soft delete lack the column.
        PinnedFile older = files.write(List.of(ID), List.of(List.of(4L)));
        assertAgrees(schema, List.of(List.of(1L), List.of(4L)), List.of(file, older), DeleteMode.SOFT);
    }

    @Test
    void readsColumnsThatFilesLackAsNull() throws Exception {
        Column added = new Column("added later", ColumnType.decimal(10, 3), true, "numeric");
        RowSchema schema = new RowSchema(TABLE, List.of(ID, added), List.of("id"), BeforeImage.KEY);
        PinnedFile older = files.write(List.of(ID), List.of(List.of(1L), List.of(2L)), 0);
        PinnedFile newer = files.write(schema.columns(), List.of(List.of(3L, new BigDecimal("1.500"))));
        assertAgrees(
                schema,
                List.of(Arrays.asList(2L, null), List.of(3L, new BigDecimal("1.500"))),
                List.of(older, newer),
                DeleteMode.HARD);
    }

    @Test
    void tellsColumnsApartWhoseNamesDifferOnlyInCase() throws Exception {
        List<Column> columns = new ArrayList<>();
        for (String name :
                List.of("a", "A", "file_index", "file_row_number", "filename", "c0", "t1", "weird \"na'me", "h", "k")) {
            columns.add(new Column(name, ColumnType.INT64, true, "bigint"));
        }
        RowSchema schema = new RowSchema(TABLE, columns, List.of("A"), BeforeImage.KEY);
        List<List<Object>> rows = List.of(
                List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L),
                List.of(11L, 12L, 13L, 14L, 15L, 16L, 17L, 18L, 19L, 20L));
        assertAgrees(schema, rows.subList(1, 2), List.of(files.write(columns, rows, 0)), DeleteMode.HARD);
    }

    @Test
    void readsFilesInFoldersWithSpecialCharacters() throws Exception {
        MirrorFiles odd = new MirrorFiles(folder.resolve("la'ke [x]*? {a}=1/day=2024-01-01"));
        RowSchema schema = new RowSchema(TABLE, List.of(ID), List.of("id"), BeforeImage.KEY);
        List<List<Object>> rows = List.of(List.of(1L), List.of(2L));
        assertAgrees(schema, rows, List.of(odd.write(List.of(ID), rows)), DeleteMode.HARD);
        assertAgrees(schema, rows.subList(0, 1), List.of(odd.write(List.of(ID), rows, 1)), DeleteMode.HARD);
    }

    @Test
    void visitsOnlyRowsOfTheAskedBuckets() throws Exception {
        RowSchema schema = new RowSchema(TABLE, List.of(ID), List.of("id"), BeforeImage.KEY);
        List<List<Object>> rows = numbered(
                IntStream.range(0, 5000).mapToObj(i -> List.<Object>of()).toList(), 0);
        TableReading reading = engine.reading(pinned(schema, List.of(files.write(List.of(ID), rows)), DeleteMode.HARD));
        Set<Integer> buckets = Set.of(0, 77, 65_535);
        List<String> seen = new ArrayList<>();
        reading.rows(DigestRequest.whole(65_536), buckets, row -> seen.add(row.get(0)));
        assertThat(seen)
                .containsExactlyInAnyOrderElementsOf(rows.stream()
                        .filter(row -> buckets.contains(CanonicalRows.bucket(schema, row, 65_536)))
                        .map(row -> row.get(0).toString())
                        .toList());
    }

    @Test
    void readsTheRangeOfTheFirstKeyColumn() throws Exception {
        assertRange(ColumnType.INT64, List.of(-5L, 0L, 7L, 8L), "0", "8", 1, 2);
        assertRange(ColumnType.INT32, List.of(-5, 0, 7, 8), "-5", "7", 0, 1);
        assertRange(
                ColumnType.decimal(12, 2),
                List.of(
                        new BigDecimal("-1.00"),
                        new BigDecimal("1.00"),
                        new BigDecimal("1.01"),
                        new BigDecimal("9.99")),
                "1.001",
                "99999999999999",
                2,
                3);
        assertRange(ColumnType.STRING, List.of("a", "b", "b'", "é"), "b", "é", 1, 2);
        assertRange(ColumnType.DATE, List.of(-1, 0, 1, 19_000), "1970-01-01", "1970-01-02", 1);
        assertRange(
                ColumnType.TIMESTAMP, List.of(-1L, 0L, 500_000L, 1_000_000L), "1970-01-01", "1970-01-01 00:00:00.5", 1);
        assertRange(
                ColumnType.TIMESTAMP_TZ,
                List.of(-1L, 0L, 500_000L, 1_000_000L),
                "1970-01-01T02:00:00+02:00",
                "1970-01-01T00:00:01Z",
                1,
                2);
        assertRange(ColumnType.TIME, List.of(0L, 1_000_000L, 86_399_999_999L), "00:00:01", "23:59:59.999999", 1);
        assertRange(
                ColumnType.UUID,
                List.of(new UUID(0, 1), new UUID(Long.MAX_VALUE, 0), new UUID(Long.MIN_VALUE, 0)),
                "7fffffff-ffff-ffff-0000-000000000000",
                "ffffffff-ffff-ffff-ffff-ffffffffffff",
                1,
                2);
        assertRange(ColumnType.BYTES, List.of(new byte[0], new byte[] {1}, new byte[] {-1}), "\\x01", "ff", 1);
        assertRange(ColumnType.FLOAT64, List.of(-1d, -0d, 0.1, 1e300), "0", "1e300", 1, 2);
        assertRange(ColumnType.FLOAT32, List.of(-1f, 0.1f, 0.2f), "0.1", "0.2", 1);
        assertRange(ColumnType.BOOLEAN, List.of(false, true), "true", "true");
    }

    @Test
    void refusesBoundsThatAreNoValueOfTheKey() throws Exception {
        for (ColumnType type : List.of(
                ColumnType.INT64,
                ColumnType.BOOLEAN,
                ColumnType.FLOAT64,
                ColumnType.decimal(5, 2),
                ColumnType.UUID,
                ColumnType.BYTES,
                ColumnType.DATE,
                ColumnType.TIME,
                ColumnType.TIMESTAMP,
                ColumnType.TIMESTAMP_TZ)) {
            RowSchema schema =
                    new RowSchema(TABLE, List.of(new Column("k", type, false, "x")), List.of("k"), BeforeImage.KEY);
            assertInvalid(schema, "1'; DROP");
        }
        assertInvalid(new RowSchema(TABLE, List.of(ID), List.of(), BeforeImage.FULL), "1");
        assertInvalid(new RowSchema(TABLE, List.of(ID), List.of("id"), BeforeImage.KEY), "9223372036854775808");
    }

    @Test
    void namesAFileThatIsGone() throws Exception {
        RowSchema schema = new RowSchema(TABLE, List.of(ID), List.of("id"), BeforeImage.KEY);
        PinnedFile file = files.write(List.of(ID), List.of(List.of(1L)));
        java.nio.file.Files.delete(Path.of(file.location()));
        TableReading reading = engine.reading(pinned(schema, List.of(file), DeleteMode.HARD));
        assertThatThrownBy(() -> reading.digests(DigestRequest.whole(1)))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LAKE_FILE_CORRUPT))
                .hasMessageContaining("public.hostile")
                .hasMessageContaining(file.location());
    }

    private void assertInvalid(RowSchema schema, String bound) {
        TableReading reading = engine.reading(pinned(schema, List.of(), DeleteMode.HARD));
        assertThatThrownBy(() -> reading.digests(new DigestRequest(1, Optional.of(bound), Optional.empty())))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    private void assertRange(ColumnType type, List<Object> keys, String from, String to, int... expected)
            throws Exception {
        Column key = new Column("k", type, false, "x");
        RowSchema schema = new RowSchema(TABLE, List.of(key), List.of("k"), BeforeImage.KEY);
        List<List<Object>> rows = keys.stream().map(List::of).toList();
        DigestRequest request = new DigestRequest(4, Optional.of(from), Optional.of(to));
        TableReading reading =
                engine.reading(pinned(schema, List.of(files.write(schema.columns(), rows)), DeleteMode.HARD));
        List<List<Object>> within = Arrays.stream(expected).mapToObj(rows::get).toList();
        assertThat(reading.digests(request)).as(type.toString()).isEqualTo(CanonicalRows.digests(schema, within, 4));
        List<List<String>> seen = new ArrayList<>();
        reading.rows(request, Set.of(0, 1, 2, 3), seen::add);
        assertThat(seen)
                .containsExactlyInAnyOrderElementsOf(within.stream()
                        .map(row -> CanonicalRows.texts(schema, row))
                        .toList());
    }

    private void assertAgrees(
            RowSchema schema, List<List<Object>> live, List<PinnedFile> pinnedFiles, DeleteMode deletes) {
        TableReading reading = engine.reading(pinned(schema, pinnedFiles, deletes));
        List<List<String>> texts = new ArrayList<>();
        reading.rows(DigestRequest.whole(1), Set.of(0), texts::add);
        assertThat(texts)
                .containsExactlyInAnyOrderElementsOf(live.stream()
                        .map(row -> CanonicalRows.texts(schema, row))
                        .toList());
        for (int buckets : new int[] {1, 64, 65_536}) {
            List<BucketDigest> expected = CanonicalRows.digests(schema, live, buckets);
            assertThat(reading.digests(DigestRequest.whole(buckets))).isEqualTo(expected);
        }
    }

    private static PinnedTable pinned(RowSchema schema, List<PinnedFile> files, DeleteMode deletes) {
        return MirrorFiles.pinned(new LakeTableSpec(schema, List.of(), deletes), files);
    }

    private static List<Column> withId(List<Column> columns) {
        List<Column> all = new ArrayList<>(List.of(ID));
        all.addAll(columns);
        return all;
    }

    private static List<List<Object>> numbered(List<List<Object>> rows, long from) {
        List<List<Object>> numbered = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            List<Object> row = new ArrayList<>();
            row.add(from + i);
            row.addAll(rows.get(i));
            numbered.add(row);
        }
        return numbered;
    }
}
