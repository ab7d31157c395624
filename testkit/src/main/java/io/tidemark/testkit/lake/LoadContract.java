package io.tidemark.testkit.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTable.ChunkWriter;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.RowSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** How mirrors are made and loaded. */
public abstract class LoadContract extends LakeContract {
    private static final int THREADS = 4;
    private static final int CHUNKS = 12;
    private static final LakeTableSpec SOFT = new LakeTableSpec(SCHEMA, List.of(), DeleteMode.SOFT);

    @Test
    void progressSaysWhatTheLoadCameTo() {
        try (LakeTable making = lake().openLoad(SPEC)) {
            LakeProgress begun = making.beginLoad(LOAD, 5);
            assertThat(begun.loadId()).isEqualTo(LOAD);
            assertThat(begun.loaded()).isFalse();
            assertThat(begun.chunks()).isEmpty();
            assertThat(begun.fence()).isEqualTo(5);
            chunk(making, 2, snapshot(SCHEMA).insert("1", "one"));
            chunk(making, 0, snapshot(SCHEMA).insert("2", "two"));
            assertThat(making.progress().chunks()).containsExactly(0, 2);
            LakeProgress done = making.finishLoad(LakeProgress.NONE.withApplied(new Position(-2), 4, 77));
            assertThat(done).isEqualTo(making.progress());
            assertThat(done.loadId()).isEqualTo(LOAD);
            assertThat(done.loaded()).isTrue();
            assertThat(done.applied()).isEqualTo(new Position(-2));
            assertThat(done.slice()).isEqualTo(4);
            assertThat(done.fence()).isEqualTo(5);
            assertThat(done.newestCommitMicros()).isEqualTo(77);
            assertThat(done.version()).isGreaterThanOrEqualTo(0);
        }
    }

    @Test
    void loadsChunksFromSeveralThreads() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (LakeTable making = lake().openLoad(SPEC)) {
            making.beginLoad(LOAD, FENCE);
            CountDownLatch start = new CountDownLatch(1);
            List<Future<?>> loads = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int first = thread;
                loads.add(threads.submit(() -> {
                    start.await();
                    for (int ordinal = first; ordinal < CHUNKS; ordinal += THREADS) {
                        chunk(making, ordinal, snapshot(SCHEMA).insert(Integer.toString(ordinal), "of " + first));
                    }
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> load : loads) {
                load.get();
            }
            assertThat(making.progress().chunks()).hasSize(CHUNKS);
            finish(making);
            List<List<String>> all = new ArrayList<>();
            for (int ordinal = 0; ordinal < CHUNKS; ordinal++) {
                all.add(List.of(Integer.toString(ordinal), "of " + ordinal % THREADS));
            }
            assertThat(rows(making)).hasSize(CHUNKS);
            assertThat(rows(making)).allMatch(all::contains).doesNotHaveDuplicates();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aChunkOfSeveralBatchesIsThereAsAWhole() {
        try (LakeTable making = lake().openLoad(SPEC)) {
            making.beginLoad(LOAD, FENCE);
            try (ChunkWriter writer = making.openChunk(0)) {
                writer.append(snapshot(SCHEMA).insert("1", "one").batch());
                writer.append(snapshot(SCHEMA).insert("2", "two").batch());
                assertThat(rows(making)).isEmpty();
                writer.commit();
            }
            assertThat(rows(making)).containsExactlyInAnyOrder(row("1", "one"), row("2", "two"));
        }
    }

    @Test
    void aChunkThatIsNotCommittedIsNotThere() {
        try (LakeTable making = lake().openLoad(SPEC)) {
            making.beginLoad(LOAD, FENCE);
            try (ChunkWriter writer = making.openChunk(0)) {
                writer.append(snapshot(SCHEMA).insert("1", "one").batch());
            }
            assertThat(making.progress().chunks()).isEmpty();
            assertThat(rows(making)).isEmpty();
            chunk(making, 0, snapshot(SCHEMA).insert("1", "one again"));
            finish(making);
            assertThat(rows(making)).containsExactly(row("1", "one again"));
        }
    }

    @Test
    void aChunkWithoutRowsCountsAsLoaded() {
        try (LakeTable making = lake().openLoad(SPEC)) {
            making.beginLoad(LOAD, FENCE);
            chunk(making, 0, snapshot(SCHEMA));
            assertThat(making.progress().chunks()).containsExactly(0);
            finish(making);
        }
        lake().publish(TABLE, LOAD);
        assertThat(rows(find(TABLE))).isEmpty();
    }

    @Test
    void aChunkCommittedTwiceIsThereOnce() {
        try (LakeTable making = lake().openLoad(SPEC)) {
            making.beginLoad(LOAD, FENCE);
            chunk(making, 0, snapshot(SCHEMA).insert("1", "one"));
            chunk(making, 0, snapshot(SCHEMA).insert("1", "one"));
            assertThat(making.progress().chunks()).containsExactly(0);
            finish(making);
            assertThat(rows(making)).containsExactly(row("1", "one"));
        }
    }

    @Test
    void aLoadGoesOnUnderItsIdAfterACrash() {
        LakeTable making = closing(lake().openLoad(SPEC));
        making.beginLoad(LOAD, FENCE);
        chunk(making, 0, snapshot(SCHEMA).insert("1", "one"));
        ChunkWriter lost = making.openChunk(1);
        lost.append(snapshot(SCHEMA).insert("2", "lost").batch());
        fixture().crash();
        try (LakeTable resumed = lake().openLoad(SPEC)) {
            LakeProgress begun = resumed.beginLoad(LOAD, 2);
            assertThat(begun.chunks()).containsExactly(0);
            assertThat(begun.fence()).isEqualTo(2);
            // The zombie's chunk comes late.
            assertFenced(lost::commit);
            lost.close();
            chunk(resumed, 1, snapshot(SCHEMA).insert("2", "two"));
            finish(resumed);
            assertThat(rows(resumed)).containsExactlyInAnyOrder(row("1", "one"), row("2", "two"));
        }
    }

    @Test
    void anotherLoadIdReplacesWhatWasLoaded() {
        LakeTable making = closing(lake().openLoad(SPEC));
        making.beginLoad(LOAD, FENCE);
        chunk(making, 0, snapshot(SCHEMA).insert("1", "old"));
        ChunkWriter late = making.openChunk(1);
        late.append(snapshot(SCHEMA).insert("2", "old").batch());
        try (LakeTable other = lake().openLoad(SPEC)) {
            LakeProgress begun = other.beginLoad("load-2", FENCE);
            assertThat(begun.loadId()).isEqualTo("load-2");
            assertThat(begun.chunks()).isEmpty();
            assertThat(rows(other)).isEmpty();
            assertFenced(late::commit);
            late.close();
            chunk(other, 0, snapshot(SCHEMA).insert("1", "new"));
            finish(other);
            assertThat(rows(other)).containsExactly(row("1", "new"));
        }
        assertFenced(() -> finish(making));
        assertFenced(() -> lake().publish(TABLE, LOAD));
        lake().publish(TABLE, "load-2");
        assertThat(rows(find(TABLE))).containsExactly(row("1", "new"));
    }

    @Test
    void anOlderFenceCanNeitherBeginNorGoOn() {
        LakeTable older = closing(lake().openLoad(SPEC));
        older.beginLoad(LOAD, 4);
        LakeTable newer = closing(lake().openLoad(SPEC));
        newer.beginLoad(LOAD, 5);
        assertFenced(() -> older.beginLoad(LOAD, 4));
        assertFenced(() -> older.beginLoad("load-2", 4));
        assertFenced(() -> finish(older));
        finish(newer);
    }

    @Test
    void finishingTwiceIsFinishingOnce() {
        LakeTable making = closing(lake().openLoad(SPEC));
        making.beginLoad(LOAD, FENCE);
        LakeProgress done = finish(making);
        LakeProgress resumed = making.beginLoad(LOAD, FENCE);
        assertThat(resumed.loaded()).isTrue();
        assertThat(resumed.applied()).isEqualTo(done.applied());
        assertThat(making.finishLoad(LakeProgress.NONE.withApplied(new Position(1), 1, 1))
                        .applied())
                .isEqualTo(done.applied());
        lake().publish(TABLE, LOAD);
        assertThat(find(TABLE).beginLoad(LOAD, FENCE).loaded()).isTrue();
    }

    @Test
    void rowsOfOtherColumnsAreRefused() {
        RowSchema other = schema(List.of("id"), BeforeImage.KEY, ID);
        try (LakeTable making = lake().openLoad(SPEC)) {
            making.beginLoad(LOAD, FENCE);
            assertRefused(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    () -> chunk(making, 0, snapshot(other).insert("1")));
        }
    }

    @Test
    void anApplyBeforeTheEndOfTheLoadIsRefused() {
        try (LakeTable making = lake().openLoad(SPEC)) {
            LakeProgress begun = making.beginLoad(LOAD, FENCE);
            assertThatThrownBy(() -> making.beginApply(begun, FENCE))
                    .asInstanceOf(type(TidemarkException.class))
                    .extracting(TidemarkException::reason)
                    .asString()
                    .contains("its load is not finished");
        }
    }

    @Test
    void aLoadThatWasBegunOtherwiseIsDropped() {
        try (LakeTable making = lake().openLoad(SOFT)) {
            making.beginLoad(LOAD, FENCE);
            chunk(making, 0, snapshot(SCHEMA).insert("1", "one"));
        }
        try (LakeTable making = lake().openLoad(SOFT)) {
            assertThat(making.progress().loadId()).isEqualTo(LOAD);
            assertThat(making.progress().chunks()).isEqualTo(Set.of(0));
        }
        try (LakeTable making = lake().openLoad(SPEC)) {
            assertThat(making.progress()).isEqualTo(LakeProgress.NONE);
            assertThat(rows(making)).isEmpty();
        }
    }

    /** A row that moved between the cuts of two chunks was changed between them: its event is applied after the load. */
    @Test
    void rowsThatTwoChunksReadAreOneOnceTheirEventIsApplied() {
        LakeTable table = mirror(
                SPEC,
                snapshot(SCHEMA).insert("0", "old zero").insert("1", "one").insert("3", "three"),
                snapshot(SCHEMA).insert("0", "zero").insert("2", "two").insert("3", "drei"));
        apply(table, events(SCHEMA).update("0", "zero").delete("3"));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("0", "zero"), row("1", "one"), row("2", "two"));
        apply(table, events(SCHEMA).delete("0"));
        assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "one"), row("2", "two"));
    }
}
