package io.tidemark.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.parquet.storage.LocalObjectStore;
import io.tidemark.slices.ParquetSliceLogProvider;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.query.QueryEngine;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
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
        assertThat((byte[]) update.get(5)).as("bit of the unchanged note").containsExactly(2);
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
                        "BLOB",
                        "BIGINT",
                        "VARCHAR",
                        "BIGINT");
    }

    @Test
    void namesASliceThatIsGone() throws Exception {
        String file = catalog.history(TABLE).get(0);
        Files.delete(Path.of(file));
        assertThatThrownBy(() -> query("SELECT * FROM history.notes"))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SLICE_CORRUPT))
                .hasMessageContaining(file);
    }

    private Result query(String sql) {
        return Result.of(engine, catalog, sql);
    }

    private static RowSchema schema(List<Column> columns) {
        return new RowSchema(TABLE, columns, List.of("id"), BeforeImage.KEY);
    }

    /** Two slices, the first from before a column was added. */
    private String[] slices(RowSchema newest) throws Exception {
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
        List<String> locations = new ArrayList<>();
        try (LocalObjectStore storage = new LocalObjectStore(folder.resolve("lake"));
                SliceLog log = new ParquetSliceLogProvider()
                        .open("test", storage, new InMemoryMetadataStore(), Clock.systemUTC())) {
            for (ChangeBatch batch : List.of(older, newer)) {
                try (SliceWriter slice = log.open()) {
                    slice.append(batch);
                    SliceManifest sealed =
                            slice.seal(new Position(batch.position(batch.size() - 1)), "token", Instant.now(), 1);
                    sealed.filesOf(TABLE).forEach(file -> locations.add(log.location(file)));
                }
            }
        }
        return locations.toArray(String[]::new);
    }
}
