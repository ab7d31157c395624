package io.tidemark.engine.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.mirror.AddedColumn.Content;
import io.tidemark.engine.mirror.NameChange.Action;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.util.List;
import org.junit.jupiter.api.Test;

class MirrorRowsTest {
    private static final RowSchema SOURCE = new RowSchema(
            new TableId("public", "t"),
            List.of(
                    new Column("id", ColumnType.INT32, false, "integer", 1),
                    new Column("doc", ColumnType.STRING, true, "text", 3)),
            List.of("id"),
            BeforeImage.KEY);

    private static final MirrorShape SHAPE = new MirrorShape(
            new TableId("lake", "u"),
            List.of(new ColumnNaming("id", new NameChange(Action.RENAME, "number"))),
            List.of(
                    new AddedColumn("origin", ColumnType.STRING, Content.CONSTANT, "erp"),
                    new AddedColumn("copy", ColumnType.STRING, Content.COLUMN, "doc"),
                    new AddedColumn("at", ColumnType.TIMESTAMP_TZ, Content.COMMIT_TIME, ""),
                    new AddedColumn("by", ColumnType.STRING, Content.OPERATION, ""),
                    new AddedColumn("of", ColumnType.STRING, Content.TABLE, "")));

    private static ChangeBatch batch() {
        ChangeBatch batch = new ChangeBatch(SOURCE, 4);
        batch.beginRow(Operation.UPDATE, 1, 0, 7, 5_000);
        ((IntVector) batch.column(0)).append(1);
        batch.column(1).appendUnchanged();
        batch.beginRow(Operation.DELETE, 1, 1, 7, 5_000);
        ((IntVector) batch.column(0)).append(2);
        batch.padRow();
        batch.beginRow(Operation.TRUNCATE, 1, 2, 7, 5_000);
        batch.padRow();
        return batch;
    }

    @Test
    void columnsKeepTheirIdsUnderOtherNames() {
        RowSchema mirror = SHAPE.schema(SOURCE);
        assertThat(mirror.table()).isEqualTo(new TableId("lake", "u"));
        assertThat(mirror.key()).containsExactly("number");
        assertThat(mirror.columns().stream().map(Column::name))
                .containsExactly("number", "doc", "origin", "copy", "at", "by", "of");
        assertThat(mirror.columns().get(0).id()).isEqualTo(1);
        assertThat(mirror.columns().stream().map(Column::id)).doesNotHaveDuplicates();
    }

    @Test
    void addedColumnsHoldWhatTheChangeTells() {
        ChangeBatch rows = new MirrorRows(SHAPE, SOURCE, DeleteMode.HARD).of(batch());

        assertThat(rows.operation(0)).isEqualTo(Operation.UPDATE);
        assertThat(((BytesVector) rows.column(2)).text(0)).isEqualTo("erp");
        assertThat(rows.column(3).isUnchanged(0)).isTrue();
        assertThat(((LongVector) rows.column(4)).value(0)).isEqualTo(5_000);
        assertThat(((BytesVector) rows.column(5)).text(0)).isEqualTo("UPDATE");
        assertThat(((BytesVector) rows.column(6)).text(0)).isEqualTo("t");
        // An old row is found by what is in it, so it has what the row alone tells.
        assertThat(((BytesVector) rows.column(2)).text(1)).isEqualTo("erp");
        assertThat(rows.column(4).isNull(1)).isTrue();
        assertThat(rows.column(2).isNull(2)).isTrue();
    }

    @Test
    void aMirrorThatIsAsItsTableCostsNothing() {
        ChangeBatch batch = batch();
        assertThat(new MirrorRows(MirrorShape.same(SOURCE.table()), SOURCE, DeleteMode.HARD).of(batch))
                .isSameAs(batch);
    }

    @Test
    void columnsOfOneNameAreRefused() {
        MirrorShape shape = new MirrorShape(
                SOURCE.table(), List.of(new ColumnNaming(".*", new NameChange(Action.RENAME, "x"))), List.of());
        assertThatThrownBy(() -> shape.schema(SOURCE))
                .hasMessageContaining("two columns of the mirror would be named x");
    }
}
