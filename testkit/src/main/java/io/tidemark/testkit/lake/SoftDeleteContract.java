package io.tidemark.testkit.lake;

import static io.tidemark.testkit.lake.Events.UNCHANGED;
import static io.tidemark.testkit.lake.Events.commitMicros;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** With soft deletes rows stay as they last were, with the time of their delete. */
public abstract class SoftDeleteContract extends LakeContract {
    private static final LakeTableSpec SOFT_WIDE = new LakeTableSpec(WIDE, List.of(), DeleteMode.SOFT);

    @Test
    void aSoftDeletedRowStaysAsItLastWasWithTheTimeOfItsDelete() {
        LakeTable table = mirror(
                SOFT_WIDE,
                snapshot(WIDE)
                        .insert("1", "one", "body 1")
                        .insert("2", "two", "body 2")
                        .insert("3", "three", null));
        apply(table, events(WIDE).delete("1").update("2", "due", UNCHANGED).delete("2"));
        String at = Long.toString(commitMicros(position()));
        assertThat(rows(table)).containsExactly(row("3", "three", null));
        assertThat(stored(table.pin()))
                .containsExactlyInAnyOrder(
                        row("1", "one", "body 1", at), row("2", "due", "body 2", at), row("3", "three", null, null));
        apply(table, events(WIDE).insert("1", "back", "again"));
        assertThat(stored(table.pin()))
                .containsExactlyInAnyOrder(
                        row("1", "back", "again", null), row("2", "due", "body 2", at), row("3", "three", null, null));
    }

    @Test
    void softDeletesOfAbsentRowsLeaveNothing() {
        LakeTable table = notes(new LakeTableSpec(SCHEMA, List.of(), DeleteMode.SOFT));
        apply(table, events(SCHEMA).delete("99"));
        assertThat(stored(table.pin())).hasSize(3);
    }

    @Test
    void aSoftKeyChangeLeavesTheOldKeyDeleted() {
        LakeTable table = mirror(SOFT_WIDE, snapshot(WIDE).insert("1", "one", "body 1"));
        apply(table, events(WIDE).before("1").update("7", "seven", UNCHANGED));
        String at = Long.toString(commitMicros(position()));
        assertThat(stored(table.pin()))
                .containsExactlyInAnyOrder(row("1", "one", "body 1", at), row("7", "seven", "body 1", null));
        assertThat(rows(table)).containsExactly(row("7", "seven", "body 1"));
    }

    @Test
    void truncateTakesSoftDeletedRowsAlong() {
        LakeTable table = notes(new LakeTableSpec(SCHEMA, List.of(), DeleteMode.SOFT));
        apply(table, events(SCHEMA).delete("1"));
        apply(table, events(SCHEMA).truncate().insert("5", "five"));
        assertThat(stored(table.pin())).containsExactly(row("5", "five", null));
    }
}
