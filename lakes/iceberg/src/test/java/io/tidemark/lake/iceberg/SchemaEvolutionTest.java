package io.tidemark.lake.iceberg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTable.ChunkWriter;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.verify.CanonicalText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaEvolutionTest {
    private static final TableId ID = new TableId("public", "t");
    private static final Column KEY = new Column("id", ColumnType.INT64, false, "bigint", 1);
    private static final Column A = text("a", 2);
    private static final Column B = text("b", 3);
    private static final RowSchema FIRST = schema("id", KEY, A, B);

    /** The key renamed, the names of the two others exchanged, and a column added. */
    private static final RowSchema SECOND = schema(
            "key", new Column("key", ColumnType.INT64, false, "bigint", 1), text("b", 2), text("a", 3), number("n", 4));

    @TempDir
    Path folder;

    private LakeFixture fixture;
    private LakeTable table;
    private long position = 10;

    private static Column text(String name, int id) {
        return new Column(name, ColumnType.STRING, true, "text", id);
    }

    private static Column number(String name, int id) {
        return new Column(name, ColumnType.INT32, true, "integer", id);
    }

    private static RowSchema schema(String key, Column... columns) {
        return new RowSchema(ID, List.of(columns), List.of(key), BeforeImage.KEY);
    }

    @BeforeEach
    void open() {
        fixture = new LakeFixture(folder, "deletion-vectors", LakeFixture.options(1_000), false);
    }

    @AfterEach
    void close() {
        table.close();
        fixture.close();
    }

    @Test
    void renamedColumnsKeepTheirRowsAndAddedOnesAreNull() {
        loaded(DeleteMode.HARD);
        PinnedTable before = table.pin();
        evolve(SECOND);
        assertThat(table.spec().schema()).isEqualTo(SECOND);
        assertThat(rows()).isEqualTo(Map.of(1L, row("a1", "b1", null), 2L, row("a2", "b2", null)));
        assertThat(fixture.records(ID).get(0).getField("n")).isNull();
        assertThat(table.pin(before.progress().version()).orElseThrow().spec().schema())
                .as("an earlier version is read with the columns of today")
                .isEqualTo(SECOND);
    }

    @Test
    void valuesThatAnUpdateLeftOutComeFromFilesOfTheEarlierSchema() {
        loaded(DeleteMode.HARD);
        evolve(SECOND);
        apply(SECOND, batch -> {
            batch.beginRow(Operation.UPDATE, ++position, 0, 1, 1);
            ((LongVector) batch.column(0)).append(2);
            batch.column(1).appendUnchanged();
            ((BytesVector) batch.column(2)).append("new");
            ((IntVector) batch.column(3)).append(7);
        });
        assertThat(rows()).isEqualTo(Map.of(1L, row("a1", "b1", null), 2L, row("a2", "new", 7)));
    }

    @Test
    void addedAndRenamedNestedColumnsKeepTheirValues() {
        loaded(DeleteMode.HARD);
        ColumnType type = ColumnType.parse("list<struct<\"a.b\":int32,\"c\":string>>");
        Column added = new Column("lines", type, true, "public.line[]", 4);
        RowSchema with = schema("id", KEY, A, B, added);
        evolve(with);
        apply(with, batch -> {
            batch.beginRow(Operation.INSERT, ++position, 0, 1, 1);
            ((LongVector) batch.column(0)).append(3);
            batch.column(1).appendNull();
            batch.column(2).appendNull();
            CanonicalText.append(batch.column(3), "6:1:71:x-");
        });
        RowSchema renamed = schema("id", KEY, A, B, new Column("rows", type, true, "public.line[]", 4));
        evolve(renamed);
        apply(renamed, batch -> {
            batch.beginRow(Operation.UPDATE, ++position, 0, 1, 1);
            ((LongVector) batch.column(0)).append(3);
            ((BytesVector) batch.column(1)).append("new");
            batch.column(2).appendUnchanged();
            batch.column(3).appendUnchanged();
        });
        List<String> lines = new ArrayList<>();
        table.readAll(table.pin(), batch -> {
            for (int row = 0; row < batch.size(); row++) {
                ColumnVector column = batch.column(3);
                lines.add(column.isNull(row) ? "null" : CanonicalText.text(column, row));
            }
        });
        assertThat(lines).containsExactlyInAnyOrder("null", "null", "6:1:71:x-");
        assertThat(fixture.records(ID).stream()
                        .map(record -> String.valueOf(record.getField("rows")))
                        .toList())
                .containsExactlyInAnyOrder("null", "null", "[Record(7, x), null]");
    }

    @Test
    void aColumnThatIsNamedLikeAPartOfAnotherIsRefused() {
        loaded(DeleteMode.HARD);
        evolve(schema("id", KEY, A, B, new Column("l", ColumnType.parse("list<int32>"), true, "integer[]", 4)));
        RowSchema shadowed = schema(
                "id",
                KEY,
                A,
                B,
                new Column("l", ColumnType.parse("list<int32>"), true, "integer[]", 4),
                text("l.element", 5));
        assertThatThrownBy(() -> evolve(shadowed))
                .asInstanceOf(type(TidemarkException.class))
                .extracting(TidemarkException::code)
                .isEqualTo(ErrorCode.LAKE_SCHEMA_MISMATCH);
    }

    @Test
    void compactionCarriesRowsOverToTheNewSchema() {
        loaded(DeleteMode.HARD);
        evolve(SECOND);
        for (int i = 0; i < 8; i++) {
            long key = 10L + i;
            apply(SECOND, batch -> {
                batch.beginRow(Operation.INSERT, ++position, 0, 1, 1);
                ((LongVector) batch.column(0)).append(key);
                ((BytesVector) batch.column(1)).append("x");
                batch.column(2).appendNull();
                ((IntVector) batch.column(3)).append((int) key);
            });
        }
        Map<Long, List<Object>> before = rows();
        int steps = 0;
        while (table.maintain(1, List.of()).isPresent()) {
            steps++;
        }
        assertThat(steps).isPositive();
        assertThat(rows()).isEqualTo(before).hasSize(10);
        assertThat(fixture.records(ID)).hasSize(10);
    }

    @Test
    void aColumnAddedUnderTheNameOfADroppedOneIsEmpty() {
        loaded(DeleteMode.SOFT);
        evolve(schema("id", KEY, A));
        evolve(schema("id", KEY, A, number("b", 4)));
        table.readAll(table.pin(), batch -> {
            assertThat(batch.schema().columns()).hasSize(3);
            for (int row = 0; row < batch.size(); row++) {
                assertThat(batch.column(2).isNull(row)).isTrue();
            }
        });
        // Field ids 3 and 4 were those of the old column and of the time of soft deletes.
        assertThat(table.pin().fieldIds()).containsExactly(1, 2, 5, 4);
    }

    @Test
    void addedColumnsStandWhereANewMirrorHasThem() {
        Column mirrorsOwn = text("origin", 1_000_000);
        table = fixture.empty(new LakeTableSpec(schema("id", KEY, A, mirrorsOwn), List.of(), DeleteMode.SOFT));
        evolve(schema("id", KEY, text("b", 2), text("a", 3), number("n", 4), mirrorsOwn));
        assertThat(fixture.columns(ID)).containsExactly("id", "b", "a", "n", "origin", LakeTableSpec.DELETED_AT);
    }

    @Test
    void olderRowsHoldTheValueThatAColumnCameWith() {
        loaded(DeleteMode.HARD);
        RowSchema next = schema("id", KEY, A, B, new Column("n", ColumnType.INT32, false, "integer", 4, "5"));
        evolve(next);
        assertThat(rows()).isEqualTo(Map.of(1L, row("a1", "b1", 5), 2L, row("a2", "b2", 5)));
        apply(next, batch -> {
            batch.beginRow(Operation.UPDATE, ++position, 0, 1, 1);
            ((LongVector) batch.column(0)).append(2);
            ((BytesVector) batch.column(1)).append("new");
            batch.column(2).appendUnchanged();
            batch.column(3).appendUnchanged();
        });
        assertThat(rows()).isEqualTo(Map.of(1L, row("a1", "b1", 5), 2L, row("new", "b2", 5)));
    }

    @Test
    void aValueThatIcebergCannotKeepIsRefusedBeforeTheTableIsBroken() {
        loaded(DeleteMode.HARD);
        for (String bits : List.of("7fc00000", "7f800000")) {
            Column notFinite = new Column("f", ColumnType.FLOAT32, true, "real", 4, bits);
            assertThatThrownBy(() -> table.evolve(schema("id", KEY, A, B, notFinite), 1))
                    .asInstanceOf(type(TidemarkException.class))
                    .returns(ErrorCode.LAKE_SCHEMA_MISMATCH, TidemarkException::code);
        }
        assertThat(fixture.lake().find(ID)).isPresent();
    }

    @Test
    void evolvingTwiceIsEvolvingOnce() {
        loaded(DeleteMode.HARD);
        evolve(SECOND);
        List<Integer> ids = table.pin().fieldIds();
        evolve(SECOND);
        assertThat(table.pin().fieldIds()).isEqualTo(ids);
    }

    @Test
    void aZombieCannotEvolve() {
        loaded(DeleteMode.HARD);
        table.beginApply(table.progress(), 5).commit(table.progress());
        assertThatThrownBy(() -> table.evolve(SECOND, 4))
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.LAKE_COMMIT_FENCED, TidemarkException::code);
    }

    @Test
    void aPartitionColumnCanNeitherGoNorChangeItsName() {
        table = fixture.empty(new LakeTableSpec(FIRST, List.of("truncate(2, a)"), DeleteMode.HARD));
        for (RowSchema next : List.of(schema("id", KEY, B), schema("id", KEY, text("c", 2), B))) {
            assertThatThrownBy(() -> table.evolve(next, 1))
                    .hasMessageContaining("it is partitioned by column a")
                    .asInstanceOf(type(TidemarkException.class))
                    .returns(ErrorCode.LAKE_SCHEMA_MISMATCH, TidemarkException::code);
        }
        evolve(schema("id", KEY, A, text("c", 3)));
    }

    private void loaded(DeleteMode deletes) {
        table = fixture.empty(new LakeTableSpec(FIRST, List.of(), deletes));
        table.beginLoad("a", 1);
        ChangeBatch batch = new ChangeBatch(FIRST, 2);
        for (int i = 1; i <= 2; i++) {
            batch.beginRow(Operation.INSERT, 1, 0, 1, 1);
            ((LongVector) batch.column(0)).append(i);
            ((BytesVector) batch.column(1)).append("a" + i);
            ((BytesVector) batch.column(2)).append("b" + i);
        }
        try (ChunkWriter writer = table.openChunk(0)) {
            writer.append(batch);
            writer.commit();
        }
        table.finishLoad(LakeProgress.NONE.withApplied(new Position(position), 0, 0));
    }

    private void evolve(RowSchema next) {
        table.evolve(next, 1);
        table.close();
        table = fixture.lake().find(ID).orElseThrow();
    }

    private void apply(RowSchema schema, java.util.function.Consumer<ChangeBatch> event) {
        LakeProgress before = table.progress();
        ChangeBatch batch = new ChangeBatch(schema, 1);
        event.accept(batch);
        try (LakeApply apply = table.beginApply(before, 1)) {
            apply.add(batch);
            apply.commit(before.withApplied(new Position(position), before.slice() + 1, 1));
        }
    }

    private static List<Object> row(String first, String second, Integer third) {
        return Arrays.asList(first, second, third);
    }

    private Map<Long, List<Object>> rows() {
        TreeMap<Long, List<Object>> rows = new TreeMap<>();
        table.readAll(table.pin(), batch -> {
            for (int row = 0; row < batch.size(); row++) {
                rows.put(
                        ((LongVector) batch.column(0)).value(row),
                        Arrays.asList(
                                batch.column(1).isNull(row) ? null : ((BytesVector) batch.column(1)).text(row),
                                batch.column(2).isNull(row) ? null : ((BytesVector) batch.column(2)).text(row),
                                batch.column(3).isNull(row) ? null : ((IntVector) batch.column(3)).value(row)));
            }
        });
        return rows;
    }
}
