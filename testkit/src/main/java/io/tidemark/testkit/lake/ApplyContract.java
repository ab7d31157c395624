package io.tidemark.testkit.lake;

import static io.tidemark.testkit.lake.Events.UNCHANGED;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeApply.ApplyResult;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How events come into a mirror of a table with a key. */
public abstract class ApplyContract extends LakeContract {
    @Test
    void insertsUpdatesAndDeletesByKey() {
        LakeTable table = notes();
        ApplyResult result = apply(
                table,
                events(SCHEMA).insert("3", "three").update("1", "one again").delete("2"));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("0", "zero"), row("1", "one again"), row("3", "three"));
        assertThat(result.upserted()).isEqualTo(2);
        assertThat(result.deleted()).isEqualTo(2);
        assertThat(result.progress()).isEqualTo(table.progress());
    }

    @Test
    void theLastEventOfAKeyWins() {
        LakeTable table = notes();
        apply(
                table,
                events(SCHEMA)
                        .insert("3", "a")
                        .update("3", "b")
                        .delete("3")
                        .insert("3", "c")
                        .delete("1")
                        .insert("1", "one anew")
                        .update("2", "x")
                        .delete("2")
                        .insert("4", "gone")
                        .delete("4"));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("0", "zero"), row("1", "one anew"), row("3", "c"));
    }

    @Test
    void aRowIsFoundAgainByEveryLaterApply() {
        LakeTable table = notes();
        for (int i = 0; i < 6; i++) {
            apply(table, events(SCHEMA).update("1", "version " + i).insert(Integer.toString(10 + i), "new"));
            if (i % 2 == 1) {
                apply(table, events(SCHEMA).delete(Integer.toString(10 + i)));
            }
        }
        assertThat(rows(table))
                .containsExactlyInAnyOrder(
                        row("0", "zero"),
                        row("1", "version 5"),
                        row("2", "two"),
                        row("10", "new"),
                        row("12", "new"),
                        row("14", "new"));
    }

    @Test
    void rowsAreFoundAfterACrashAndOnAnotherMachine() {
        apply(notes(), events(SCHEMA).update("1", "one again").insert("3", "three"));
        fixture().crash();
        apply(find(TABLE), 2, events(SCHEMA).update("3", "three again").delete("0"));
        fixture().crashAndMove();
        LakeTable table = find(TABLE);
        apply(table, 3, events(SCHEMA).update("3", "and again").delete("1").update("2", "two again"));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("2", "two again"), row("3", "and again"));
    }

    @Test
    void deletingWhatIsNotThereChangesNothing() {
        LakeTable table = notes();
        ApplyResult result = apply(table, events(SCHEMA).delete("99"));
        assertThat(result.deleted()).isZero();
        assertThat(rows(table)).hasSize(3);
    }

    @Test
    void anUpdateOfAWholeRowThatIsNotThereMakesIt() {
        LakeTable table = notes();
        apply(table, events(SCHEMA).update("99", "made"));
        assertThat(rows(table)).hasSize(4).contains(row("99", "made"));
    }

    @Test
    void eventsUpToTheAppliedPositionAreLeftOut() {
        LakeTable table = notes();
        Events slice = events(SCHEMA).insert("3", "three").delete("0");
        apply(table, slice);
        LakeProgress before = table.progress();
        apply(table, events(SCHEMA).update("3", "later").insert("0", "zero anew"));
        LakeProgress now = table.progress();
        assertThat(now.applied()).isGreaterThan(before.applied());
        // The slice again, with a part that is new.
        slice.at(position() + 1).insert("4", "four");
        try (LakeApply apply = table.beginApply(now, FENCE)) {
            apply.add(slice.batch());
            ApplyResult result = apply.commit(now.withApplied(new Position(position() + 1), 9, 9));
            assertThat(result.upserted()).isEqualTo(1);
            assertThat(result.deleted()).isZero();
        }
        assertThat(rows(table))
                .containsExactlyInAnyOrder(
                        row("0", "zero anew"), row("1", "one"), row("2", "two"), row("3", "later"), row("4", "four"));
    }

    @Test
    void positionsAreUnsigned() {
        LakeTable table = notes();
        LakeProgress before = table.progress();
        try (LakeApply apply = table.beginApply(before, FENCE)) {
            apply.add(new Events(SCHEMA, -5).insert("3", "three").batch());
            apply.commit(before.withApplied(new Position(-5), 1, 1));
        }
        LakeProgress after = table.progress();
        assertThat(after.applied()).isEqualTo(new Position(-5));
        try (LakeApply apply = table.beginApply(after, FENCE)) {
            apply.add(new Events(SCHEMA, 40).delete("0").at(-4).delete("1").batch());
            apply.commit(after.withApplied(new Position(-4), 2, 1));
        }
        assertThat(rows(table)).containsExactlyInAnyOrder(row("0", "zero"), row("2", "two"), row("3", "three"));
    }

    @Test
    void anEmptyApplyRecordsProgress() {
        LakeTable table = notes();
        LakeProgress before = table.progress();
        try (LakeApply apply = table.beginApply(before, 4)) {
            LakeProgress after =
                    apply.commit(before.withApplied(new Position(500), 9, 77)).progress();
            assertThat(table.progress()).isEqualTo(after);
            assertThat(after.applied()).isEqualTo(new Position(500));
            assertThat(after.fence()).isEqualTo(4);
            assertThat(after.slice()).isEqualTo(9);
            assertThat(after.newestCommitMicros()).isEqualTo(77);
            assertThat(after.loadId()).isEqualTo(LOAD);
            assertThat(after.loaded()).isTrue();
            assertThat(after.version()).isNotEqualTo(before.version());
        }
        assertThat(rows(table)).hasSize(3);
    }

    @Test
    void whatIsNotCommittedIsNotThere() {
        LakeTable table = notes();
        LakeProgress before = table.progress();
        try (LakeApply apply = table.beginApply(before, FENCE)) {
            apply.add(events(SCHEMA)
                    .insert("3", "three")
                    .delete("0")
                    .update("1", "x")
                    .batch());
        }
        assertThat(table.progress()).isEqualTo(before);
        assertThat(rows(table)).containsExactlyInAnyOrder(row("0", "zero"), row("1", "one"), row("2", "two"));
        apply(table, events(SCHEMA).update("1", "y"));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("0", "zero"), row("1", "y"), row("2", "two"));
    }

    @Test
    void aBatchIsTheCallersAgainAfterItWasAdded() {
        LakeTable table = notes();
        LakeProgress before = table.progress();
        ChangeBatch batch = events(SCHEMA).insert("3", "three").batch();
        try (LakeApply apply = table.beginApply(before, FENCE)) {
            apply.add(batch);
            batch.clear();
            batch.appendFrom(events(SCHEMA).insert("4", "overwritten text").batch(), 0);
            apply.add(batch);
            batch.clear();
            batch.appendFrom(events(SCHEMA).insert("5", "never added").batch(), 0);
            apply.commit(next(before));
        }
        assertThat(rows(table)).hasSize(5).contains(row("3", "three"), row("4", "overwritten text"));
    }

    @Test
    void truncateEmptiesTheMirrorInTheSameVersionThatFillsItAgain() {
        LakeTable table = notes();
        apply(table, events(SCHEMA).insert("3", "three"));
        LakeProgress before = table.progress();
        apply(
                table,
                events(SCHEMA)
                        .insert("8", "gone")
                        .truncate()
                        .insert("9", "nine")
                        .insert("0", "zero anew"));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("9", "nine"), row("0", "zero anew"));
        assertThat(rows(table, table.pin(before.version()).orElseThrow())).hasSize(4);
        apply(table, events(SCHEMA).update("9", "nine again").delete("0").delete("1"));
        assertThat(rows(table)).containsExactly(row("9", "nine again"));
        apply(table, events(SCHEMA).truncate());
        assertThat(rows(table)).isEmpty();
    }

    @Test
    void repairReplacesRowsWhateverTheirPosition() {
        LakeTable table = notes();
        apply(table, events(SCHEMA).insert("3", "three"));
        LakeProgress before = table.progress();
        try (LakeApply apply = table.beginApply(before, FENCE)) {
            apply.repair(new Events(SCHEMA, 0)
                    .delete("2")
                    .delete("98")
                    .insert("1", "repaired")
                    .insert("7", "made")
                    .batch());
            ApplyResult result = apply.commit(before);
            assertThat(result.upserted()).isEqualTo(2);
            assertThat(result.deleted()).isEqualTo(2);
            assertThat(result.progress().applied()).isEqualTo(before.applied());
            assertThat(result.progress().slice()).isEqualTo(before.slice());
        }
        assertThat(rows(table))
                .containsExactlyInAnyOrder(row("0", "zero"), row("1", "repaired"), row("3", "three"), row("7", "made"));
    }

    @Test
    void keysOfSeveralColumnsAndTypesAreFound() {
        Column code = new Column("code", ColumnType.STRING, false, "text", 2);
        Column amount = new Column("amount", ColumnType.decimal(30, 2), false, "numeric(30,2)", 3);
        Column value = new Column("value", ColumnType.INT32, true, "integer", 4);
        RowSchema schema = schema(List.of("amount", "code", "id"), BeforeImage.KEY, ID, code, amount, value);
        LakeTable table = mirror(
                new LakeTableSpec(schema, List.of(), DeleteMode.HARD),
                snapshot(schema)
                        .insert("1", "", "-1.00", "1")
                        .insert("1", "a", "-1.00", "2")
                        .insert("1", "", "1.00", "3")
                        .insert("-1", "", "-1.00", "4"));
        apply(
                table,
                events(schema)
                        .update("1", "", "-1.00", "10")
                        .delete("1", "a", "-1.00")
                        .insert("1", "\u0000", "-1.00", "5")
                        .before("-1", "", "-1.00")
                        .update("-1", "é€😀", "1234567890123456789012345678.00", UNCHANGED));
        assertThat(rows(table))
                .containsExactlyInAnyOrder(
                        row("1", "", "-1.00", "10"),
                        row("1", "", "1.00", "3"),
                        row("1", "\u0000", "-1.00", "5"),
                        row("-1", "é€😀", "1234567890123456789012345678.00", "4"));
    }

    @Test
    void eventsOfOtherColumnsAreRefused() {
        LakeTable table = notes();
        assertRefused(
                ErrorCode.LAKE_SCHEMA_MISMATCH, () -> apply(table, events(WIDE).insert("3", "three", null)));
        assertThat(rows(table)).hasSize(3);
    }

    @Test
    void aBeforeWithoutItsUpdateIsAnError() {
        LakeTable table = notes();
        assertRefused(
                ErrorCode.SOURCE_PROTOCOL, () -> apply(table, events(SCHEMA).before("1")));
        assertThat(rows(table)).hasSize(3);
    }
}
