package io.tidemark.testkit.lake;

import static io.tidemark.testkit.lake.Events.UNCHANGED;
import static io.tidemark.testkit.lake.Events.commitMicros;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeApply.ApplyResult;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.RowSchema;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How events come into a mirror of a table without a key: rows are told apart by nothing, equal ones are counted. */
public abstract class KeylessContract extends LakeContract {
    private static final RowSchema ROWS = schema(List.of(), BeforeImage.FULL, ID, NOTE);
    private static final LakeTableSpec ROWS_SPEC = new LakeTableSpec(ROWS, List.of(), DeleteMode.HARD);

    @Test
    void insertsAreAppended() {
        LakeTable table = loaded(ROWS_SPEC);
        ApplyResult result =
                apply(table, events(ROWS).insert("1", "a").insert("1", "a").insert("3", null));
        assertThat(result.upserted()).isEqualTo(3);
        assertThat(result.deleted()).isZero();
        assertThat(rows(table))
                .containsExactlyInAnyOrder(
                        row("1", "a"), row("1", "a"), row("1", "a"), row("1", "a"), row("2", "b"), row("3", null));
    }

    @Test
    void aDeleteTakesExactlyOneEqualRow() {
        LakeTable table = loaded(ROWS_SPEC);
        ApplyResult result = apply(table, events(ROWS).delete("1", "a"));
        assertThat(result.deleted()).isEqualTo(1);
        assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "a"), row("2", "b"));
        apply(table, events(ROWS).delete("1", "a").delete("2", "b"));
        assertThat(rows(table)).isEmpty();
    }

    @Test
    void nullsAreEqualToNullsOnly() {
        LakeTable table = loaded(ROWS_SPEC);
        apply(table, events(ROWS).insert("1", null).insert("1", "").insert(null, "a"));
        apply(table, events(ROWS).delete("1", null).delete(null, "a"));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "a"), row("1", "a"), row("2", "b"), row("1", ""));
    }

    @Test
    void anUpdateTakesOneEqualRowAndFillsUnchangedValuesFromIt() {
        LakeTable table = loaded(ROWS_SPEC);
        apply(
                table,
                events(ROWS)
                        .before("1", "a")
                        .update("5", UNCHANGED)
                        .before("2", "b")
                        .update("2", "c"));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "a"), row("5", "a"), row("2", "c"));
    }

    @Test
    void rowsOfOneApplyAreTakenAwayByIt() {
        LakeTable table = loaded(ROWS_SPEC);
        apply(
                table,
                events(ROWS)
                        .insert("7", "x")
                        .delete("7", "x")
                        .insert("7", "x")
                        .before("7", "x")
                        .update("8", "x")
                        .insert("2", "b")
                        .delete("2", "b"));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "a"), row("1", "a"), row("2", "b"), row("8", "x"));
    }

    @Test
    void eventsUpToTheAppliedPositionAreLeftOut() {
        LakeTable table = loaded(ROWS_SPEC);
        Events slice = events(ROWS).insert("3", "c").delete("1", "a");
        apply(table, slice);
        LakeProgress now = table.progress();
        try (LakeApply apply = table.beginApply(now, FENCE)) {
            apply.add(slice.batch());
            ApplyResult result = apply.commit(now);
            assertThat(result.upserted()).isZero();
            assertThat(result.deleted()).isZero();
        }
        assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "a"), row("2", "b"), row("3", "c"));
    }

    @Test
    void takingARowThatIsNotThereIsAnErrorWithoutKeys() {
        LakeTable table = loaded(ROWS_SPEC);
        LakeProgress before = table.progress();
        try (LakeApply apply = table.beginApply(before, FENCE)) {
            assertRefused(ErrorCode.LAKE_ROW_MISSING, () -> {
                apply.add(events(ROWS).delete("1", "a").delete("1", "other").batch());
                apply.commit(next(before));
            });
            assertThat(apply.missingKeys()).isEmpty();
        }
        assertThat(table.progress()).isEqualTo(before);
        assertThat(rows(table)).hasSize(3);
    }

    @Test
    void truncateEmptiesTheMirror() {
        LakeTable table = loaded(ROWS_SPEC);
        apply(table, events(ROWS).insert("7", "x").truncate().insert("9", "y").insert("9", "y"));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("9", "y"), row("9", "y"));
        apply(table, events(ROWS).delete("9", "y"));
        assertThat(rows(table)).containsExactly(row("9", "y"));
    }

    @Test
    void softDeletesMarkOneEqualRowEach() {
        LakeTable table = loaded(new LakeTableSpec(ROWS, List.of(), DeleteMode.SOFT));
        apply(table, events(ROWS).delete("1", "a"));
        String first = Long.toString(commitMicros(position()));
        apply(table, events(ROWS).delete("1", "a"));
        String second = Long.toString(commitMicros(position()));
        assertThat(rows(table)).containsExactly(row("2", "b"));
        assertThat(stored(table.pin()))
                .containsExactlyInAnyOrder(row("1", "a", first), row("1", "a", second), row("2", "b", null));
        LakeProgress before = table.progress();
        try (LakeApply apply = table.beginApply(before, FENCE)) {
            assertRefused(ErrorCode.LAKE_ROW_MISSING, () -> {
                apply.add(events(ROWS).delete("1", "a").batch());
                apply.commit(next(before));
            });
        }
    }

    @Test
    void deletesWithoutTheFullOldRowAreRefused() {
        RowSchema keyImage = ROWS.with(BeforeImage.NONE);
        LakeTable table = loaded(new LakeTableSpec(keyImage, List.of(), DeleteMode.HARD));
        apply(table, events(keyImage).insert("3", "c"));
        assertRefused(
                ErrorCode.SOURCE_PROTOCOL, () -> apply(table, events(keyImage).delete("1", null)));
        assertThat(rows(table)).hasSize(4);
    }

    /** Twice the row 1, a and once 2, b. */
    private LakeTable loaded(LakeTableSpec spec) {
        return mirror(
                spec,
                snapshot(spec.schema()).insert("1", "a").insert("1", "a"),
                snapshot(spec.schema()).insert("2", "b"));
    }
}
