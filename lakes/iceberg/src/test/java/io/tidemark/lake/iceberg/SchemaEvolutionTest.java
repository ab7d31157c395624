package io.tidemark.lake.iceberg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
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
import java.nio.file.Path;
import java.util.List;
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

    private IcebergFixture fixture;
    private LakeTable table;

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
        fixture = new IcebergFixture(folder, "deletion-vectors", IcebergFixture.options(1_000), false);
    }

    @AfterEach
    void close() {
        table.close();
        fixture.close();
    }

    @Test
    void anEarlierVersionIsReadWithTheColumnsOfToday() {
        loaded(DeleteMode.HARD);
        PinnedTable before = table.pin();
        evolve(SECOND);
        assertThat(fixture.columns(ID)).containsExactly("key", "b", "a", "n");
        assertThat(table.pin(before.progress().version()).orElseThrow().spec().schema())
                .isEqualTo(SECOND);
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
    void fieldIdsOfDroppedColumnsAreNotGivenAgain() {
        loaded(DeleteMode.SOFT);
        evolve(schema("id", KEY, A));
        evolve(schema("id", KEY, A, number("b", 4)));
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
        table.finishLoad(LakeProgress.NONE.withApplied(new Position(10), 0, 0));
    }

    private void evolve(RowSchema next) {
        table.evolve(next, 1);
        table.close();
        table = fixture.lake().find(ID).orElseThrow();
    }
}
