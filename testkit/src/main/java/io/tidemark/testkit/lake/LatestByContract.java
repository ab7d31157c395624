package io.tidemark.testkit.lake;

import static io.tidemark.testkit.lake.Events.UNCHANGED;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Of the rows of a key the one with the greatest value in a column wins, whichever slices they come in. */
public abstract class LatestByContract extends LakeContract {
    private static final RowSchema TIMED = timed(ColumnType.TIMESTAMP_TZ);

    private static RowSchema timed(ColumnType type) {
        return schema(List.of("id"), BeforeImage.KEY, ID, NOTE, new Column("changed", type, true, "any", 3));
    }

    private static LakeTableSpec latest(RowSchema schema, DeleteMode deletes) {
        return new LakeTableSpec(schema, List.of(), deletes, "changed");
    }

    private LakeTable timedMirror(DeleteMode deletes, Events... chunks) {
        return mirror(latest(TIMED, deletes), chunks);
    }

    @ParameterizedTest
    @EnumSource(DeleteMode.class)
    void theGreatestValueWins(DeleteMode deletes) {
        LakeTable table =
                timedMirror(deletes, snapshot(TIMED).insert("1", "a", "50").insert("2", "b", "50"));
        assertThat(apply(table, events(TIMED).update("1", "late", "40")).upserted())
                .isZero();
        assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "a", "50"), row("2", "b", "50"));
        apply(
                table,
                events(TIMED)
                        .update("1", "c", "60")
                        .update("1", "late", "55")
                        .update("2", "late", "49")
                        .insert("3", "d", "10")
                        .insert("3", "late", "9"));
        assertThat(rows(table))
                .containsExactlyInAnyOrder(row("1", "c", "60"), row("2", "b", "50"), row("3", "d", "10"));
    }

    @Test
    void theLaterOfTwoRowsWithTheSameValueWins() {
        LakeTable table = timedMirror(DeleteMode.HARD, snapshot(TIMED).insert("1", "a", "50"));
        apply(table, events(TIMED).update("1", "b", "50"));
        assertThat(rows(table)).containsExactly(row("1", "b", "50"));
        apply(table, events(TIMED).update("1", "c", "50").update("1", "d", "50"));
        assertThat(rows(table)).containsExactly(row("1", "d", "50"));
    }

    @Test
    void nullIsLessThanEveryValue() {
        LakeTable table = timedMirror(DeleteMode.HARD, snapshot(TIMED).insert("1", "a", null));
        apply(table, events(TIMED).update("1", "b", null));
        assertThat(rows(table)).containsExactly(row("1", "b", null));
        apply(table, events(TIMED).update("1", "c", "-5"));
        apply(table, events(TIMED).update("1", "late", null));
        assertThat(rows(table)).containsExactly(row("1", "c", "-5"));
    }

    @ParameterizedTest
    @EnumSource(DeleteMode.class)
    void aDeleteWinsAndForgets(DeleteMode deletes) {
        LakeTable table = timedMirror(
                deletes,
                snapshot(TIMED)
                        .insert("1", "a", "50")
                        .insert("2", "b", "50")
                        .insert("3", "c", "50")
                        .insert("4", "d", "50"));
        apply(
                table,
                events(TIMED)
                        .delete("1")
                        .delete("2")
                        .insert("2", "anew", "10")
                        .update("3", "late", "40")
                        .delete("3")
                        .update("4", "late", "40")
                        .delete("4")
                        .insert("4", "anew", "10")
                        .insert("4", "late", "9"));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("2", "anew", "10"), row("4", "anew", "10"));
        apply(table, events(TIMED).insert("1", "anew", "20").insert("3", "anew", "20"));
        assertThat(rows(table))
                .containsExactlyInAnyOrder(
                        row("1", "anew", "20"), row("2", "anew", "10"), row("3", "anew", "20"), row("4", "anew", "10"));
    }

    @Test
    void aSoftDeleteKeepsTheLatestRow() {
        LakeTable table = timedMirror(
                DeleteMode.SOFT, snapshot(TIMED).insert("1", "a", "50").insert("2", "b", "50"));
        apply(
                table,
                events(TIMED)
                        .update("1", "late", "40")
                        .delete("1")
                        .update("2", "newer", "60")
                        .delete("2")
                        .insert("3", "c", "1")
                        .delete("3"));
        assertThat(rows(table)).isEmpty();
        PinnedTable pinned = table.pin();
        assertThat(stored(pinned).stream().map(LatestByContract::withoutTime))
                .containsExactlyInAnyOrder(row("1", "a", "50"), row("2", "newer", "60"), row("3", "c", "1"));
    }

    /** Canonical texts: two values, the greater one second. */
    @ParameterizedTest
    @CsvSource({
        "int32,-3,2",
        "int64,-1,0",
        "'decimal(12,2)',-1.00,0.50",
        "'decimal(30,5)',-100000000000000000000.00000,-1.00000",
        "'decimal(30,5)',7.00000,100000000000000000000.00000",
        "date,-1,1",
        "timestamp,-7,5",
        "timestamp_tz,1700000000000000,1700000000000001",
        "string,2023-07-01T10:00:00Z,2023-07-01T10:00:01Z",
        "string,'',a",
        "string,\uE000,\uD83D\uDE00"
    })
    void valuesOfManyTypesHaveAnOrder(String type, String less, String greater) {
        RowSchema schema = timed(ColumnType.parse(type));
        LakeTable table = mirror(
                latest(schema, DeleteMode.HARD),
                snapshot(schema).insert("1", "greater", greater).insert("2", "less", less));
        apply(table, events(schema).update("1", "less", less).update("2", "greater", greater));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "greater", greater), row("2", "greater", greater));
    }

    @Test
    void rowsOfThisApplyCountToo() {
        LakeTable table = timedMirror(DeleteMode.HARD);
        try (LakeApply apply = table.beginApply(table.progress(), FENCE)) {
            for (int batch = 0; batch < 4; batch++) {
                Events events = events(TIMED);
                for (int key = 0; key < 3_000; key++) {
                    events.insert(Integer.toString(key), "batch " + batch, Integer.toString(key * 10 - batch * key));
                }
                apply.add(events.batch());
            }
            apply.commit(next(table.progress()));
        }
        List<List<@Nullable String>> rows = rows(table);
        assertThat(rows).hasSize(3_000);
        assertThat(rows)
                .allMatch(row -> String.valueOf(row.get(1)).equals("0".equals(row.get(0)) ? "batch 3" : "batch 0"));
    }

    @Test
    void aKeyThatChangesIsADeleteAndARow() {
        RowSchema full = TIMED.with(BeforeImage.FULL);
        LakeTable table = mirror(
                latest(full, DeleteMode.HARD),
                snapshot(full).insert("1", "a", "50").insert("2", "b", "50"));
        apply(
                table,
                events(full)
                        .before("1", "a", "50")
                        .update("7", UNCHANGED, "40")
                        .before("2", "b", "50")
                        .update("2", UNCHANGED, "40"));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("7", "a", "40"), row("2", "b", "50"));
    }

    @Test
    void anUpdateThatLacksValuesIsRefused() {
        LakeTable table = timedMirror(DeleteMode.HARD, snapshot(TIMED).insert("1", "a", "50"));
        try (LakeApply apply = table.beginApply(table.progress(), FENCE)) {
            assertRefused(ErrorCode.SOURCE_VALUE, () -> {
                apply.add(events(TIMED).update("1", UNCHANGED, "60").batch());
                apply.commit(next(table.progress()));
            });
        }
        assertThat(rows(table)).containsExactly(row("1", "a", "50"));
    }

    @Test
    void theColumnHasToBeThereAndToHaveAnOrder() {
        for (LakeTableSpec spec : List.of(
                new LakeTableSpec(TIMED, List.of(), DeleteMode.HARD, "absent"),
                latest(timed(ColumnType.BYTES), DeleteMode.HARD),
                latest(TIMED.with(TIMED.columns(), List.of()), DeleteMode.HARD))) {
            assertRefused(ErrorCode.LAKE_SCHEMA_MISMATCH, () -> lake().openLoad(spec));
        }
        assertThat(lake().tables()).isEmpty();
        LakeTable table = timedMirror(DeleteMode.HARD);
        assertRefused(ErrorCode.LAKE_SCHEMA_MISMATCH, () -> table.evolve(SCHEMA, FENCE));
    }

    private static List<@Nullable String> withoutTime(List<@Nullable String> row) {
        assertThat(row.get(row.size() - 1)).isNotNull();
        return row.subList(0, row.size() - 1);
    }
}
