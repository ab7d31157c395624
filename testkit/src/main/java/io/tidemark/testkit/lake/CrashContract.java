package io.tidemark.testkit.lake;

import static io.tidemark.testkit.lake.Events.UNCHANGED;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTable.ChunkWriter;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Work that a crash or a commit of unknown outcome broke off is done again, and comes to the same. */
public abstract class CrashContract extends LakeContract {
    private static final RowSchema WITH_N =
            schema(List.of("id"), BeforeImage.KEY, ID, NOTE, new Column("n", ColumnType.INT32, true, "integer", 3));

    /** Grows with every start of the process. */
    private long fence = FENCE;

    @ParameterizedTest
    @EnumSource
    void anApplyIsThereOnceWhateverBecomesOfItsCommit(CommitFault fault) {
        LakeTable table = notes();
        LakeProgress before = table.progress();
        Events slice = events(SCHEMA)
                .insert("3", "three")
                .update("1", UNCHANGED)
                .before("0")
                .update("7", UNCHANGED)
                .delete("2");
        boolean isDone = survives(fault, () -> {
            try (LakeApply apply = table.beginApply(before, FENCE)) {
                apply.add(slice.batch());
                apply.commit(next(before));
            }
        });
        table.close();
        LakeTable found = find(TABLE);
        LakeProgress now = found.progress();
        assertCommitted(fault, isDone, !now.applied().equals(before.applied()));
        if (now.applied().equals(before.applied())) {
            assertThat(now.slice()).isEqualTo(before.slice());
            assertThat(rows(found)).containsExactlyInAnyOrder(row("0", "zero"), row("1", "one"), row("2", "two"));
            apply(found, 2, slice);
        }
        List<List<@Nullable String>> after = List.of(row("1", "one"), row("3", "three"), row("7", "zero"));
        assertThat(rows(found)).containsExactlyInAnyOrderElementsOf(after);
        // What is applied is not applied again.
        try (LakeApply again = found.beginApply(found.progress(), 2)) {
            again.add(slice.batch());
            LakeApply.ApplyResult result = again.commit(found.progress());
            assertThat(result.upserted()).isZero();
            assertThat(result.deleted()).isZero();
        }
        apply(found, 2, events(SCHEMA).update("7", "seven").delete("3"));
        assertThat(rows(found)).containsExactlyInAnyOrder(row("1", "one"), row("7", "seven"));
    }

    @ParameterizedTest
    @EnumSource
    void aTruncateIsDoneOrNotWhateverBecomesOfItsCommit(CommitFault fault) {
        LakeTable table = notes();
        LakeProgress before = table.progress();
        Events slice = events(SCHEMA).truncate().insert("9", "nine");
        survives(fault, () -> apply(table, slice));
        table.close();
        LakeTable found = find(TABLE);
        if (found.progress().applied().equals(before.applied())) {
            assertThat(rows(found)).hasSize(3);
            apply(found, 2, slice);
        }
        assertThat(rows(found)).containsExactly(row("9", "nine"));
    }

    @ParameterizedTest
    @EnumSource
    void aChunkIsThereOnceWhateverBecomesOfItsCommit(CommitFault fault) {
        LakeTable making = closing(lake().openLoad(SPEC));
        making.beginLoad(LOAD, FENCE);
        chunk(making, 0, snapshot(SCHEMA).insert("0", "zero"));
        boolean isDone = survives(fault, () -> chunk(making, 1, snapshot(SCHEMA).insert("1", "one")));
        LakeTable resumed = closing(lake().openLoad(SPEC));
        LakeProgress begun = resumed.beginLoad(LOAD, 2);
        assertCommitted(fault, isDone, begun.chunks().contains(1));
        assertThat(begun.chunks()).contains(0);
        assertThat(rows(resumed)).hasSize(begun.chunks().size());
        chunk(resumed, 1, snapshot(SCHEMA).insert("1", "one"));
        assertThat(resumed.progress().chunks()).isEqualTo(Set.of(0, 1));
        finish(resumed);
        assertThat(rows(resumed)).containsExactlyInAnyOrder(row("0", "zero"), row("1", "one"));
    }

    @ParameterizedTest
    @EnumSource
    void aLoadBeginsAndEndsOnceWhateverBecomesOfItsCommits(CommitFault fault) {
        LakeTable making = closing(lake().openLoad(SPEC));
        survives(fault, () -> making.beginLoad(LOAD, FENCE));
        LakeTable begun = closing(lake().openLoad(SPEC));
        assertThat(begun.beginLoad(LOAD, 2).chunks()).isEmpty();
        chunk(begun, 0, snapshot(SCHEMA).insert("0", "zero"));
        boolean isDone = survives(fault, () -> finish(begun));
        LakeTable ended = closing(lake().openLoad(SPEC));
        LakeProgress progress = ended.beginLoad(LOAD, 3);
        assertCommitted(fault, isDone, progress.loaded());
        if (!progress.loaded()) {
            assertThat(progress.chunks()).containsExactly(0);
            finish(ended);
        }
        lake().publish(TABLE, LOAD);
        LakeTable table = find(TABLE);
        apply(table, 3, events(SCHEMA).update("0", "zero again"));
        assertThat(rows(table)).containsExactly(row("0", "zero again"));
    }

    @ParameterizedTest
    @EnumSource
    void columnsChangeOrNotWhateverBecomesOfTheCommit(CommitFault fault) {
        if (fixture().lacks().contains(LakeFeature.ADD_COLUMN)) {
            LakeTable table = notes();
            assertRefused(ErrorCode.LAKE_SCHEMA_MISMATCH, () -> table.evolve(WITH_N, FENCE));
            return;
        }
        LakeTable table = notes();
        survives(fault, () -> table.evolve(WITH_N, FENCE));
        table.close();
        LakeTable found = find(TABLE);
        assertThat(found.spec().schema()).isIn(SCHEMA, WITH_N);
        assertThat(rows(found)).hasSize(3);
        if (found.spec().schema().equals(SCHEMA)) {
            assertThat(fault).isNotIn(CommitFault.NONE, CommitFault.CRASH_AFTER);
            found.evolve(WITH_N, 2);
        }
        found.close();
        LakeTable evolved = find(TABLE);
        apply(evolved, 2, events(WITH_N).update("1", UNCHANGED, "1").delete("0"));
        assertThat(rows(evolved)).containsExactlyInAnyOrder(row("1", "one", "1"), row("2", "two", null));
    }

    @ParameterizedTest
    @EnumSource
    void upkeepLosesNoRowWhateverBecomesOfItsCommits(CommitFault fault) {
        LakeTable table = notes();
        for (int i = 0; i < 20; i++) {
            apply(table, events(SCHEMA).update("1", "version " + i).insert(Integer.toString(10 + i), "x"));
        }
        List<List<@Nullable String>> before = rows(table);
        // Compaction, then expiry, and what a format has besides.
        for (int step = 0; step < 3; step++) {
            LakeTable current = table;
            survives(fault, () -> MirrorUpkeep.step(current, fence, List.of()));
            current.close();
            table = find(TABLE);
            assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(before);
            MirrorUpkeep.step(table, fence, List.of());
            assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(before);
        }
        apply(table, fence, events(SCHEMA).update("1", UNCHANGED).delete("10"));
        assertThat(rows(table)).hasSize(before.size() - 1).contains(row("1", "version 19"));
    }

    @Test
    void anApplyThatWasNotCommittedWhenTheProcessDiedIsNothing() {
        LakeTable table = notes();
        LakeProgress before = table.progress();
        LakeApply lost = table.beginApply(before, FENCE);
        lost.add(
                events(SCHEMA).insert("3", "three").delete("0").update("1", "x").batch());
        fixture().crash();
        LakeTable found = find(TABLE);
        assertThat(found.progress()).isEqualTo(before);
        assertThat(rows(found)).hasSize(3);
        apply(found, 2, events(SCHEMA).insert("3", "three").delete("0"));
        lost.close();
        assertThat(rows(found)).containsExactlyInAnyOrder(row("1", "one"), row("2", "two"), row("3", "three"));
    }

    @Test
    void aLoadIsPublishedAfterACrash() {
        notes().close();
        LakeTable making = closing(lake().openLoad(SPEC));
        making.beginLoad("load-2", 2);
        chunk(making, 0, snapshot(SCHEMA).insert("5", "five"));
        ChunkWriter lost = making.openChunk(1);
        lost.append(snapshot(SCHEMA).insert("6", "lost").batch());
        finish(making);
        fixture().crash();
        assertThat(rows(find(TABLE))).hasSize(3);
        lake().publish(TABLE, "load-2");
        fixture().crashAndMove();
        lake().publish(TABLE, "load-2");
        assertRefused(lost::commit);
        lost.close();
        assertThat(rows(find(TABLE))).containsExactly(row("5", "five"));
        assertThat(lake().tables()).containsExactly(TABLE);
    }

    @Test
    void aZombieThatDiscardsItsWorkTakesNothingAway() {
        LakeTable zombie = notes();
        LakeProgress seen = zombie.progress();
        LakeApply late = zombie.beginApply(seen, FENCE);
        late.add(events(SCHEMA).truncate().insert("9", "zombie").batch());
        fixture().crash();
        LakeTable successor = find(TABLE);
        apply(successor, 2, events(SCHEMA).insert("3", "three").delete("0"));
        late.close();
        zombie.close();
        assertThat(rows(successor)).containsExactlyInAnyOrder(row("1", "one"), row("2", "two"), row("3", "three"));
    }

    /** Does the work, whose next commit ends so, and starts the process again if it died. Returns whether the work was done without an error. */
    private boolean survives(CommitFault fault, Runnable work) {
        Assumptions.assumeTrue(fixture().faults().contains(fault), "the fixture has no such fault");
        fixture().failNext(fault);
        try {
            work.run();
            return true;
        } catch (SimulatedCrash e) {
            fixture().crash();
            fence++;
            return false;
        } catch (TidemarkException e) {

            assertThat(e.code()).as(e.reason()).isIn(CommitFault.TRIED_AGAIN);
            return false;
        } finally {
            fixture().failNext(CommitFault.NONE);
        }
    }

    /** What took effect is seen, and what was said to be done took effect. */
    private static void assertCommitted(CommitFault fault, boolean isDone, boolean isCommitted) {
        switch (fault) {
            case NONE, CRASH_AFTER, UNKNOWN_AFTER -> assertThat(isCommitted).isTrue();
            case CRASH_BEFORE -> assertThat(isCommitted).isFalse();
            case UNKNOWN_BEFORE, REFUSED -> assertThat(isCommitted).isEqualTo(isDone);
        }
    }
}
