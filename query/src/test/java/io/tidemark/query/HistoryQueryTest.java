package io.tidemark.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.parquet.storage.LocalObjectStore;
import io.tidemark.slices.ParquetSliceLogProvider;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.ListVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.query.HistoryFile;
import io.tidemark.spi.query.QueryEngine;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceFormat;
import io.tidemark.spi.slice.SliceLog;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.slice.SliceWriter;
import io.tidemark.testkit.metastore.InMemoryMetadataStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryQueryTest {
    private static final TableId TABLE = new TableId("My Schema", "notes");
    private static final Column ID = new Column("id", ColumnType.INT64, false, "bigint");
    private static final Column NOTE = new Column("note", ColumnType.STRING, true, "text");
    private static final Column ODD = new Column("_tidemark_op", ColumnType.INT64, true, "bigint");

    @TempDir
    Path folder;

    private QueryEngine engine;
    private TestCatalog catalog;

    @BeforeEach
    void open() throws Exception {
        engine = new DuckDbQueryEngineProvider().open(folder.resolve("scratch"), 256L << 20);
        RowSchema newest = schema(List.of(ID, NOTE, ODD));
        catalog = new TestCatalog()
                .with(MirrorFiles.pinned(new LakeTableSpec(newest, List.of(), DeleteMode.HARD), List.of()))
                .withHistory(TABLE, slices(newest));
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void showsTheSliceLogAsATable() {
        Result result = query("SELECT * FROM history.\"My Schema\".notes");
        assertThat(result.names)
                .containsExactly(
                        "_tidemark_op",
                        "_tidemark_position",
                        "_tidemark_sequence",
                        "_tidemark_transaction",
                        "_tidemark_commit_time",
                        "_tidemark_unchanged",
                        "id",
                        "note",
                        "__tidemark_op");
        OffsetDateTime first = OffsetDateTime.parse("1970-01-01T00:00:01Z");
        assertThat(result.rows.get(0)).isEqualTo(Arrays.asList("I", 10L, 0L, 7L, first, null, 1L, "one", null));
        assertThat(result.rows.get(1)).isEqualTo(Arrays.asList("I", 10L, 1L, 7L, first, null, 2L, null, null));
        List<Object> update = result.rows.get(2);
        assertThat(update.get(5)).isEqualTo(List.of("note"));
        assertThat(update.subList(6, 9)).isEqualTo(Arrays.asList(1L, null, 5L));
        assertThat(result.rows).extracting(row -> row.get(0)).containsExactly("I", "I", "U", "D", "T");
    }

    @Test
    void findsHistoryByItsShortNameAndBesideTheMirror() {
        assertThat(query("SELECT count(*) FROM history.NOTES").only()).isEqualTo(5L);
        assertThat(query("SELECT (SELECT count(*) FROM notes) + (SELECT count(*) FROM HISTORY.\"my schema\".Notes) "
                                + "+ (SELECT count(*) FROM history.notes)")
                        .only())
                .isEqualTo(10L);
    }

    @Test
    void givesTheHistoryOfATableWithoutSlicesItsColumns() {
        catalog.withHistory(TABLE);
        Result result = query("SELECT * FROM history.notes");
        assertThat(result.rows).isEmpty();
        assertThat(result.types)
                .containsExactly(
                        "VARCHAR",
                        "BIGINT",
                        "BIGINT",
                        "BIGINT",
                        "TIMESTAMP WITH TIME ZONE",
                        "VARCHAR[]",
                        "BIGINT",
                        "VARCHAR",
                        "BIGINT");
    }

    @Test
    void namesASliceThatIsGone() throws Exception {
        String file = catalog.history(TABLE).get(0).location();
        Files.delete(Path.of(file));
        assertThatThrownBy(() -> query("SELECT * FROM history.notes"))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SLICE_CORRUPT))
                .hasMessageContaining(file);
    }

    private Result query(String sql) {
        return Result.of(engine, catalog, sql);
    }

    @Test
    void showsEachRowWithTheSchemaThatItWasWrittenWith() throws Exception {
        RowSchema first = of(
                "7",
                column("id", ColumnType.INT32, 1),
                column("a", ColumnType.STRING, 2),
                column("n", ColumnType.decimal(9, 2), 3));
        // a became b, another a came, n went, t changed its type
        RowSchema second = of(
                "7",
                column("id", ColumnType.INT64, 1),
                column("b", ColumnType.STRING, 2),
                column("a", ColumnType.INT32, 4),
                column("t", ColumnType.list(ColumnType.INT32), 5));
        RowSchema newest = of(
                "7",
                column("id", ColumnType.INT64, 1),
                column("t", ColumnType.STRING, 5),
                column("b", ColumnType.STRING, 2),
                column("a", ColumnType.INT32, 4));
        RowSchema other = of("6", column("b", ColumnType.STRING, 1), column("x", ColumnType.STRING, 2));

        ChangeBatch ofOther = batch(other, 5);
        text(ofOther, 0, "of an earlier table");
        text(ofOther, 1, "gone");
        ChangeBatch one = batch(first, 10);
        ((IntVector) one.column(0)).append(1);
        text(one, 1, "one");
        one.column(2).appendNull();
        ChangeBatch two = new ChangeBatch(second, 4);
        two.beginRow(Operation.UPDATE, 20, 0, 7, 1_000_000);
        ((LongVector) two.column(0)).append(2);
        two.column(1).appendUnchanged();
        ((IntVector) two.column(2)).append(22);
        ListVector list = (ListVector) two.column(3);
        list.begin();
        ((IntVector) list.element()).append(1);
        list.element().appendNull();
        ChangeBatch three = batch(newest, 30);
        ((LongVector) three.column(0)).append(3);
        text(three, 1, "{1}");
        text(three, 2, "three");
        three.column(3).appendNull();
        catalog = new TestCatalog()
                .with(MirrorFiles.pinned(new LakeTableSpec(newest, List.of(), DeleteMode.HARD), List.of()))
                .withHistory(TABLE, sealed(List.of(ofOther, one, two, three)));

        Result result = query("SELECT id, t, b, a, _tidemark_unchanged FROM history.notes");
        assertThat(result.types).containsExactly("BIGINT", "VARCHAR", "VARCHAR", "INTEGER", "VARCHAR[]");
        assertThat(result.rows.get(0)).isEqualTo(Arrays.asList(null, null, "of an earlier table", null, null));
        assertThat(result.rows.get(1)).isEqualTo(Arrays.asList(1L, null, "one", null, null));
        assertThat(result.rows.get(2)).isEqualTo(Arrays.asList(2L, "[1, NULL]", null, 22, List.of("b")));
        assertThat(result.rows.get(3)).isEqualTo(Arrays.asList(3L, "{1}", "three", null, null));
    }

    private static Column column(String name, ColumnType type, int id) {
        return new Column(name, type, true, "test", id);
    }

    private static RowSchema of(String identity, Column... columns) {
        return new RowSchema(TABLE, List.of(columns), List.of(), BeforeImage.NONE, identity);
    }

    private static ChangeBatch batch(RowSchema schema, long position) {
        ChangeBatch batch = new ChangeBatch(schema, 4);
        batch.beginRow(Operation.INSERT, position, 0, 7, 1_000_000);
        return batch;
    }

    private static void text(ChangeBatch batch, int column, String value) {
        ((BytesVector) batch.column(column)).append(value);
    }

    private static RowSchema schema(List<Column> columns) {
        return new RowSchema(TABLE, columns, List.of("id"), BeforeImage.KEY);
    }

    /** Two slices, the first from before a column was added. */
    private HistoryFile[] slices(RowSchema newest) throws Exception {
        ChangeBatch older = new ChangeBatch(schema(List.of(ID, NOTE)), 4);
        older.beginRow(Operation.INSERT, 10, 0, 7, 1_000_000);
        ((LongVector) older.column(0)).append(1);
        ((BytesVector) older.column(1)).append("one");
        older.beginRow(Operation.INSERT, 10, 1, 7, 1_000_000);
        ((LongVector) older.column(0)).append(2);
        older.column(1).appendNull();
        ChangeBatch newer = new ChangeBatch(newest, 4);
        newer.beginRow(Operation.UPDATE, 20, 0, 8, 2_000_000);
        ((LongVector) newer.column(0)).append(1);
        newer.column(1).appendUnchanged();
        ((LongVector) newer.column(2)).append(5);
        newer.beginRow(Operation.DELETE, 30, 0, 9, 3_000_000);
        ((LongVector) newer.column(0)).append(2);
        newer.padRow();
        newer.beginRow(Operation.TRUNCATE, 40, 0, 10, 4_000_000);
        newer.padRow();
        return sealed(List.of(older, newer));
    }

    private HistoryFile[] sealed(List<ChangeBatch> batches) throws Exception {
        List<HistoryFile> files = new ArrayList<>();
        try (LocalObjectStore storage = new LocalObjectStore(folder.resolve("lake" + batches.size()));
                SliceLog log = new ParquetSliceLogProvider()
                        .open("test", storage, new InMemoryMetadataStore(), Clock.systemUTC(), SliceFormat.PARQUET)) {
            for (ChangeBatch batch : batches) {
                try (SliceWriter slice = log.open()) {
                    slice.append(batch);
                    SliceManifest sealed =
                            slice.seal(new Position(batch.position(batch.size() - 1)), "token", Instant.now(), 1);
                    sealed.filesOf(TABLE)
                            .forEach(file ->
                                    files.add(new HistoryFile(log.location(file), file.bytes(), file.schema())));
                }
            }
        }
        return files.toArray(HistoryFile[]::new);
    }
}
