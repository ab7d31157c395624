package io.tidemark.engine.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.UndecodableRow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Columns of a mirror that tell the time which a text holds. */
class DerivedRowsTest {
    private static final String UNCHANGED = "unchanged";
    private static final String BAD = "soon";
    private static final MirrorShape SHAPE = new MirrorShape(
            new TableId("public", "t"),
            List.of(),
            List.of(
                    AddedColumn.ofTime("created", "create_at", DerivedTime.of("iso", null, null)),
                    AddedColumn.ofTime("month", "create_at", DerivedTime.of("iso", "Europe/Berlin", "MM"))));

    private static RowSchema schema(List<String> key, BeforeImage beforeImage) {
        return new RowSchema(
                new TableId("public", "t"),
                List.of(
                        new Column("id", ColumnType.INT32, false, "integer", 1),
                        new Column("create_at", ColumnType.STRING, true, "text", 2)),
                key,
                beforeImage);
    }

    private static final RowSchema KEYED = schema(List.of("id"), BeforeImage.KEY);
    private static final RowSchema FULL = schema(List.of("id"), BeforeImage.FULL);
    private static final RowSchema KEYLESS = schema(List.of(), BeforeImage.FULL);

    private static void add(ChangeBatch batch, Operation operation, int id, @Nullable String time) {
        batch.beginRow(operation, 7, batch.size(), 1, 5);
        ((IntVector) batch.column(0)).append(id);
        if (time == null) {
            batch.column(1).appendNull();
        } else if (time.equals(UNCHANGED)) {
            batch.column(1).appendUnchanged();
        } else {
            ((BytesVector) batch.column(1)).append(time);
        }
    }

    @Test
    void tellTimesNullsAndWhatIsUnchanged() {
        ChangeBatch batch = new ChangeBatch(KEYED, 4);
        add(batch, Operation.INSERT, 1, "2023-06-30T23:00:00.000001Z");
        add(batch, Operation.INSERT, 2, null);
        add(batch, Operation.UPDATE, 3, UNCHANGED);
        add(batch, Operation.INSERT, 4, "1969-12-31T23:59:59.9999999Z");
        ChangeBatch rows = new MirrorRows(SHAPE, KEYED, DeleteMode.HARD).of(batch);
        assertThat(rows.schema().columns())
                .extracting(Column::type)
                .endsWith(ColumnType.TIMESTAMP_TZ, ColumnType.STRING);
        assertThat(((LongVector) rows.column(2)).value(0)).isEqualTo(1_688_166_000_000_001L);
        assertThat(((BytesVector) rows.column(3)).text(0)).isEqualTo("07");
        assertThat(rows.column(2).isNull(1)).isTrue();
        assertThat(rows.column(3).isNull(1)).isTrue();
        assertThat(rows.column(2).isUnchanged(2)).isTrue();
        assertThat(rows.column(3).isUnchanged(2)).isTrue();
        assertThat(((LongVector) rows.column(2)).value(3)).isEqualTo(-1);
    }

    @Test
    void tellTimesFarAway() {
        ChangeBatch batch = new ChangeBatch(KEYED, 2);
        add(batch, Operation.INSERT, 1, "0001-01-01");
        add(batch, Operation.INSERT, 2, "9999-12-31T23:59:59.999999Z");
        ChangeBatch rows = new MirrorRows(SHAPE, KEYED, DeleteMode.HARD).of(batch);
        assertThat(((LongVector) rows.column(2)).value(0)).isEqualTo(-62_135_596_800_000_000L);
        assertThat(((LongVector) rows.column(2)).value(1)).isEqualTo(253_402_300_799_999_999L);
    }

    @Test
    void aValueThatIsNoTimeIsRefusedWithoutShowingIt() {
        ChangeBatch batch = new ChangeBatch(KEYED, 1);
        add(batch, Operation.INSERT, 1, BAD);
        MirrorRows rows = new MirrorRows(SHAPE, KEYED, DeleteMode.HARD);
        assertThatExceptionOfType(TidemarkException.class)
                .isThrownBy(() -> rows.of(batch))
                .returns(ErrorCode.SOURCE_VALUE, TidemarkException::code)
                .withMessage(
                        "Cannot tell column created of the mirror: the value that it is made of is no time in the format"
                                + " (table=public.t, column=create_at, format=iso)");
    }

    @Test
    void rowsThatDoNotFitAreSetAsideWithTheirOldOnes() {
        ChangeBatch batch = new ChangeBatch(KEYED, 8);
        add(batch, Operation.INSERT, 1, "2023-07-01");
        add(batch, Operation.BEFORE, 2, null);
        add(batch, Operation.UPDATE, 3, BAD);
        add(batch, Operation.BEFORE, 4, null);
        add(batch, Operation.UPDATE, 5, "2023-07-01");
        add(batch, Operation.INSERT, 6, BAD);
        add(batch, Operation.DELETE, 7, null);
        MirrorRows rows = new MirrorRows(SHAPE, KEYED, DeleteMode.HARD);
        List<UndecodableRow> misfits = new ArrayList<>();
        ChangeBatch fitting = rows.fitting(batch, misfits::add);
        assertThat(ids(fitting)).containsExactly(1, 4, 5, 7);
        assertThat(ids(rows.of(fitting))).containsExactly(1, 4, 5, 7);
        assertThat(misfits)
                .extracting(UndecodableRow::keys)
                .containsExactly(List.of(List.of("3"), List.of("2")), List.of(List.of("6")));
        assertThat(misfits).extracting(UndecodableRow::column).containsOnly("create_at");
        assertThat(rows.fitting(fitting, misfits::add)).isSameAs(fitting);
    }

    @Test
    void anOldRowWithAKeyIsNotNeeded() {
        ChangeBatch batch = new ChangeBatch(FULL, 4);
        add(batch, Operation.BEFORE, 1, BAD);
        add(batch, Operation.UPDATE, 1, "2023-07-01");
        add(batch, Operation.DELETE, 2, BAD);
        ChangeBatch rows = new MirrorRows(SHAPE, FULL, DeleteMode.HARD).of(batch);
        // An update that took the time from the old row would find it nowhere, instead of null.
        assertThat(rows.column(2).isUnchanged(0)).isTrue();
        assertThat(rows.column(2).isPresent(1)).isTrue();
        assertThat(rows.column(2).isNull(2)).isTrue();
    }

    @Test
    void anOldRowThatStaysOrIsFoundByItsValuesIsNeeded() {
        assertThat(misfits(FULL, DeleteMode.SOFT, Operation.DELETE)).isEqualTo(1);
        assertThat(misfits(FULL, DeleteMode.HARD, Operation.DELETE)).isZero();
        assertThat(misfits(KEYLESS, DeleteMode.HARD, Operation.DELETE)).isEqualTo(1);
        assertThat(misfits(KEYLESS, DeleteMode.HARD, Operation.BEFORE)).isEqualTo(1);
    }

    private static int misfits(RowSchema schema, DeleteMode deletes, Operation operation) {
        ChangeBatch batch = new ChangeBatch(schema, 2);
        add(batch, operation, 1, BAD);
        if (operation == Operation.BEFORE) {
            add(batch, Operation.UPDATE, 1, "2023-07-01");
        }
        List<UndecodableRow> misfits = new ArrayList<>();
        assertThat(new MirrorRows(SHAPE, schema, deletes)
                        .fitting(batch, misfits::add)
                        .size())
                .isEqualTo(misfits.isEmpty() ? batch.size() : 0);
        return misfits.size();
    }

    @Test
    void aColumnThatIsMissingOrOfAnotherTypeIsRefused() {
        MirrorShape missing = shape("nothing", DerivedTime.of("iso", null, null));
        assertThatExceptionOfType(TidemarkException.class)
                .isThrownBy(() -> missing.schema(KEYED))
                .withMessageContaining("column nothing holds, which the table does not have");
        MirrorShape untyped = shape("create_at", DerivedTime.of(null, null, "yyyy"));
        assertThatExceptionOfType(TidemarkException.class)
                .isThrownBy(() -> untyped.schema(KEYED))
                .withMessageContaining("column create_at is of type string: say its format");
    }

    private static MirrorShape shape(String column, DerivedTime time) {
        return new MirrorShape(KEYED.table(), List.of(), List.of(AddedColumn.ofTime("year", column, time)));
    }

    private static List<Integer> ids(ChangeBatch batch) {
        List<Integer> ids = new ArrayList<>();
        for (int row = 0; row < batch.size(); row++) {
            ids.add(((IntVector) batch.column(0)).value(row));
        }
        return ids;
    }
}
