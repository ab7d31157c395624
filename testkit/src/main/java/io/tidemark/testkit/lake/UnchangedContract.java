package io.tidemark.testkit.lake;

import static io.tidemark.testkit.lake.Events.UNCHANGED;
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

/** Values that an update left out come from the event or the row before, along changes of the key. */
public abstract class UnchangedContract extends LakeContract {
    @Test
    void unchangedValuesComeFromTheMirror() {
        LakeTable table =
                mirror(WIDE_SPEC, snapshot(WIDE).insert("1", "one", "body 1").insert("2", null, "body 2"));
        apply(table, events(WIDE).update("1", "uno", UNCHANGED).update("2", UNCHANGED, "body zwei"));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "uno", "body 1"), row("2", null, "body zwei"));
        apply(table, events(WIDE).update("1", UNCHANGED, UNCHANGED));
        assertThat(rows(table)).contains(row("1", "uno", "body 1"));
    }

    @Test
    void unchangedValuesComeFromTheEventBefore() {
        LakeTable table = mirror(WIDE_SPEC, snapshot(WIDE).insert("1", "one", "body 1"));
        apply(
                table,
                events(WIDE)
                        .insert("2", "two", "body 2")
                        .update("2", "due", UNCHANGED)
                        .update("2", UNCHANGED, "corpo")
                        .update("1", UNCHANGED, "body eins")
                        .update("1", "uno", UNCHANGED));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "uno", "body eins"), row("2", "due", "corpo"));
    }

    @Test
    void unchangedIsNotWhatADeletedRowHeld() {
        LakeTable table = mirror(WIDE_SPEC, snapshot(WIDE).insert("1", "one", "body 1"));
        apply(table, events(WIDE).delete("1").insert("1", "anew", null).update("1", UNCHANGED, UNCHANGED));
        assertThat(rows(table)).containsExactly(row("1", "anew", null));
    }

    @Test
    void aKeyChangeMovesTheRowWithItsUnchangedValues() {
        LakeTable table = mirror(WIDE_SPEC, snapshot(WIDE).insert("1", "one", "body 1"));
        ApplyResult result = apply(table, events(WIDE).before("1").update("7", "seven", UNCHANGED));
        assertThat(result.upserted()).isEqualTo(1);
        assertThat(result.deleted()).isEqualTo(1);
        assertThat(rows(table)).containsExactly(row("7", "seven", "body 1"));
    }

    @Test
    void keysThatAreExchangedInOneTransactionCarryTheirValues() {
        LakeTable table =
                mirror(WIDE_SPEC, snapshot(WIDE).insert("1", "one", "body 1").insert("2", "two", "body 2"));
        apply(
                table,
                events(WIDE)
                        .before("1")
                        .update("3", "one", UNCHANGED)
                        .before("2")
                        .update("1", "two", UNCHANGED)
                        .before("3")
                        .update("2", "one", UNCHANGED));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "two", "body 2"), row("2", "one", "body 1"));
    }

    @Test
    void anUpdateThatFollowsItsOldRowInAnotherBatchIsAPair() {
        LakeTable table = mirror(WIDE_SPEC, snapshot(WIDE).insert("1", "one", "body 1"));
        LakeProgress before = table.progress();
        try (LakeApply apply = table.beginApply(before, FENCE)) {
            apply.add(events(WIDE).before("1").batch());
            apply.add(
                    new Events(WIDE, position()).update("7", "seven", UNCHANGED).batch());
            apply.commit(next(before));
        }
        assertThat(rows(table)).containsExactly(row("7", "seven", "body 1"));
    }

    @Test
    void theFullOldRowGivesTheUnchangedValues() {
        RowSchema full = WIDE.with(BeforeImage.FULL);
        LakeTable table = mirror(
                new LakeTableSpec(full, List.of(), DeleteMode.HARD),
                snapshot(full).insert("1", "one", "body 1"));
        apply(
                table,
                events(full)
                        .before("1", "one", "body 1")
                        .update("1", "uno", UNCHANGED)
                        // A row that the mirror does not have: the old row alone tells.
                        .before("9", "nine", "body 9")
                        .update("9", "nove", UNCHANGED));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "uno", "body 1"), row("9", "nove", "body 9"));
    }

    @Test
    void updatesThatLackValuesOfAbsentRowsAreErrorsThatNameTheKeys() {
        LakeTable table = notes();
        LakeProgress before = table.progress();
        try (LakeApply apply = table.beginApply(before, FENCE)) {
            assertRefused(ErrorCode.LAKE_ROW_MISSING, () -> {
                apply.add(events(SCHEMA)
                        .insert("3", "three")
                        .update("99", UNCHANGED)
                        .update("1", UNCHANGED)
                        .update("98", UNCHANGED)
                        .batch());
                apply.commit(next(before));
            });
            assertThat(apply.missingKeys()).containsExactlyInAnyOrder(List.of("99"), List.of("98"));
        }
        assertThat(table.progress()).isEqualTo(before);
        assertThat(rows(table)).containsExactlyInAnyOrder(row("0", "zero"), row("1", "one"), row("2", "two"));
        apply(table, events(SCHEMA).insert("3", "three"));
        assertThat(rows(table)).hasSize(4);
    }

    @Test
    void missingKeysAreCanonicalTextsInKeyOrder() {
        RowSchema schema = WIDE.with(WIDE.columns(), List.of("note", "id"));
        LakeTable table = mirror(new LakeTableSpec(schema, List.of(), DeleteMode.HARD), snapshot(schema));
        LakeProgress before = table.progress();
        try (LakeApply apply = table.beginApply(before, FENCE)) {
            assertRefused(ErrorCode.LAKE_ROW_MISSING, () -> {
                apply.add(events(schema).update("-7", "a 'b'", UNCHANGED).batch());
                apply.commit(next(before));
            });
            assertThat(apply.missingKeys()).containsExactly(List.of("a 'b'", "-7"));
        }
    }

    @Test
    void nothingIsMissingWhenAllIsThere() {
        LakeTable table = notes();
        try (LakeApply apply = table.beginApply(table.progress(), FENCE)) {
            apply.add(events(SCHEMA).update("1", UNCHANGED).batch());
            apply.commit(next(table.progress()));
            assertThat(apply.missingKeys()).isEmpty();
        }
    }

    @Test
    void valuesFromBeforeATruncateAreNotFilledIn() {
        LakeTable table = notes();
        LakeProgress before = table.progress();
        try (LakeApply apply = table.beginApply(before, FENCE)) {
            assertRefused(ErrorCode.LAKE_ROW_MISSING, () -> {
                apply.add(events(SCHEMA).truncate().update("1", UNCHANGED).batch());
                apply.commit(next(before));
            });
        }
        assertThat(rows(table)).hasSize(3);
    }
}
