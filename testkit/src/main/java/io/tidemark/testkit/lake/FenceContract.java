package io.tidemark.testkit.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeRewrite;
import io.tidemark.spi.lake.LakeTable;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Commits are conditional: on the progress they were computed from, and on a fence that is not older than the table's. */
public abstract class FenceContract extends LakeContract {
    @Test
    void anOlderFenceIsRefusedByEveryKindOfCommit() {
        LakeTable table = notes();
        apply(table, 5, events(SCHEMA).insert("7", "successor"));
        LakeProgress before = table.progress();
        assertFenced(() -> apply(table, 4, events(SCHEMA).insert("8", "zombie")));
        assertFenced(() -> table.beginLoad("again", 4));
        assertFenced(() -> table.maintain(4, List.of()));
        assertFenced(() -> table.evolve(SCHEMA, 4));
        assertThat(table.progress()).isEqualTo(before);
        apply(table, 5, events(SCHEMA).insert("9", "the same fence"));
        assertThat(table.progress().fence()).isEqualTo(5);
        assertThat(rows(table)).hasSize(5);
    }

    @Test
    void anotherProgressThanTheExpectedOneIsRefused() {
        LakeTable table = notes();
        LakeProgress seen = table.progress();
        apply(table, events(SCHEMA).insert("7", "seven"));
        assertFenced(() -> table.beginApply(seen, FENCE));
        assertFenced(() -> table.beginApply(seen, 3));
        LakeProgress now = table.progress();
        assertFenced(() -> table.beginApply(with(now, "another load", now.applied()), FENCE));
        assertFenced(() -> table.beginApply(with(now, now.loadId(), new Position(9_999)), FENCE));
        assertThat(rows(table)).hasSize(4);
    }

    @Test
    void aZombieThatComputedItsCommitBeforeItWasTakenOverIsRefused() {
        LakeTable zombie = notes();
        LakeProgress seen = zombie.progress();
        try (LakeApply late = zombie.beginApply(seen, 1)) {
            late.add(events(SCHEMA).insert("7", "zombie").update("1", "zombie").batch());
            fixture().crash();
            apply(find(TABLE), 2, events(SCHEMA).insert("8", "successor"));
            assertFenced(() -> late.commit(next(seen)));
        }
        assertFenced(() -> zombie.beginApply(zombie.progress(), 1));
        assertFenced(() -> zombie.maintain(1, List.of()));
        assertFenced(() -> zombie.evolve(SCHEMA, 1));
        assertThat(rows(find(TABLE)))
                .containsExactlyInAnyOrder(row("0", "zero"), row("1", "one"), row("2", "two"), row("8", "successor"));
    }

    @Test
    void aZombieIsRefusedEvenIfItsSuccessorCommittedNothingButItsFence() {
        LakeTable zombie = notes();
        LakeProgress seen = zombie.progress();
        try (LakeApply late = zombie.beginApply(seen, 1)) {
            late.add(events(SCHEMA).insert("7", "zombie").batch());
            fixture().crashAndMove();
            LakeTable successor = find(TABLE);
            try (LakeApply empty = successor.beginApply(successor.progress(), 2)) {
                empty.commit(successor.progress());
            }
            assertFenced(() -> late.commit(next(seen)));
        }
        assertThat(rows(find(TABLE))).hasSize(3);
    }

    @Test
    void ofTwoThatComputeFromTheSameProgressOneCommits() {
        LakeTable first = notes();
        LakeProgress seen = first.progress();
        Events slice = events(SCHEMA).insert("7", "seven");
        try (LakeApply slow = first.beginApply(seen, 1)) {
            slow.add(slice.batch());
            fixture().crashAndMove();
            apply(find(TABLE), 1, slice);
            assertFenced(() -> slow.commit(next(seen)));
        }
        assertThat(rows(find(TABLE))).hasSize(4).contains(row("7", "seven"));
    }

    @Test
    void anApplyUnderWhichTheMirrorWasTidiedUpIsAConflictAndCanBeDoneAgain() {
        LakeTable table = notes();
        for (int i = 0; i < 20; i++) {
            apply(table, events(SCHEMA).insert(Integer.toString(100 + i), "x").update("1", "version " + i));
        }
        LakeProgress seen = table.progress();
        Events slice = events(SCHEMA).update("1", "newest").delete("100");
        try (LakeApply slow = table.beginApply(seen, 1)) {
            slow.add(slice.batch());
            fixture().crashAndMove();
            LakeTable other = find(TABLE);
            assertThat(MirrorUpkeep.step(other, 1, List.of())).isPresent();
            try {
                slow.commit(next(seen));
            } catch (TidemarkException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.LAKE_COMMIT_CONFLICT);
                LakeProgress now = other.progress();
                assertThat(now.applied()).isEqualTo(seen.applied());
                apply(other, slice);
            }
        }
        assertThat(rows(find(TABLE))).hasSize(22).contains(row("1", "newest")).doesNotContain(row("100", "x"));
    }

    @Test
    void aZombieThatHasRewrittenFilesIsRefused() {
        assumeFalse(fixture().lacks().contains(LakeFeature.REWRITE));
        LakeTable zombie = notes();
        for (int i = 0; i < 20; i++) {
            apply(zombie, events(SCHEMA).insert(Integer.toString(100 + i), "x").update("1", "version " + i));
        }
        try (LakeRewrite late = zombie.planRewrite().orElseThrow()) {
            late.run();
            fixture().crashAndMove();
            apply(find(TABLE), 2, events(SCHEMA).delete("100"));
            assertFenced(() -> zombie.commitRewrite(late, 1));
        }
        assertThat(rows(find(TABLE))).hasSize(22);
    }

    @Test
    void progressReadAgainIsTheOneCommittedByAnother() {
        LakeTable table = notes();
        fixture().crashAndMove();
        LakeTable other = find(TABLE);
        apply(other, 3, events(SCHEMA).insert("7", "seven"));
        assertThat(table.progress()).isEqualTo(other.progress());
        assertThat(rows(table)).contains(row("7", "seven"));
    }

    private static LakeProgress with(LakeProgress progress, String loadId, Position applied) {
        return new LakeProgress(
                progress.version(),
                loadId,
                true,
                Set.of(),
                applied,
                progress.slice(),
                progress.fence(),
                progress.newestCommitMicros());
    }
}
