package io.tidemark.testkit.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.lake.PinnedTable.PinnedFile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Versions of a mirror: pinned and read while newer commits go on. */
public abstract class ReadContract extends LakeContract {
    private static final LakeTableSpec SOFT = new LakeTableSpec(SCHEMA, List.of(), DeleteMode.SOFT);

    @Test
    void theNewestVersionIsTheOneOfTheNewestCommit() {
        LakeTable table = notes();
        LakeProgress after = apply(table, events(SCHEMA).insert("3", "three")).progress();
        PinnedTable pinned = table.pin();
        assertThat(pinned.progress()).isEqualTo(after);
        assertThat(pinned.spec()).isEqualTo(SPEC);
        assertThat(pinned.rows()).isEqualTo(4);
        assertThat(rows(table, pinned)).hasSize(4);
    }

    @Test
    void aVersionStaysAsItWas() {
        LakeTable table = notes();
        apply(table, events(SCHEMA).update("0", "new"));
        PinnedTable first = table.pin();
        apply(table, events(SCHEMA).delete("1").update("0", "newer"));
        apply(table, events(SCHEMA).truncate().insert("9", "nine"));
        List<List<@Nullable String>> then = List.of(row("0", "new"), row("1", "one"), row("2", "two"));
        assertThat(first.rows()).isEqualTo(3);
        assertThat(rows(table, first)).containsExactlyInAnyOrderElementsOf(then);
        PinnedTable again = table.pin(first.progress().version()).orElseThrow();
        assertThat(again.progress()).isEqualTo(first.progress());
        assertThat(rows(table, again)).containsExactlyInAnyOrderElementsOf(then);
        fixture().crashAndMove();
        LakeTable reopened = find(TABLE);
        PinnedTable found = reopened.pin(first.progress().version()).orElseThrow();
        assertThat(rows(reopened, found)).containsExactlyInAnyOrderElementsOf(then);
        assertThat(rows(reopened)).containsExactly(row("9", "nine"));
    }

    @Test
    void everyVersionIsFoundByItsNumber() {
        LakeTable table = notes();
        Map<Long, List<List<@Nullable String>>> history = new HashMap<>();
        history.put(table.progress().version(), rows(table));
        for (int i = 0; i < 5; i++) {
            long version = apply(
                            table, events(SCHEMA).update("1", "version " + i).insert(Integer.toString(10 + i), "x"))
                    .progress()
                    .version();
            assertThat(history).doesNotContainKey(version);
            history.put(version, rows(table));
        }
        history.forEach((version, rows) -> {
            PinnedTable pinned = table.pin(version).orElseThrow();
            assertThat(pinned.progress().version()).isEqualTo(version);
            assertThat(rows(table, pinned)).containsExactlyInAnyOrderElementsOf(rows);
        });
        assertThat(table.pin(-1)).isEmpty();
        assertThat(table.pin(Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void findsTheVersionThatWasCurrentAtATime() {
        Instant before = fixture().instantBetweenCommits();
        LakeTable table = notes();
        LakeProgress loaded = table.progress();
        Instant afterLoad = fixture().instantBetweenCommits();
        LakeProgress first = apply(table, events(SCHEMA).delete("1")).progress();
        Instant afterFirst = fixture().instantBetweenCommits();
        LakeProgress second = apply(table, events(SCHEMA).insert("3", "three")).progress();
        assertThat(table.pinAsOf(Instant.EPOCH)).isEmpty();
        assertThat(table.pinAsOf(before)).isEmpty();
        assertThat(table.pinAsOf(afterLoad).orElseThrow().progress()).isEqualTo(loaded);
        assertThat(table.pinAsOf(afterFirst).orElseThrow().progress()).isEqualTo(first);
        assertThat(rows(table, table.pinAsOf(afterFirst).orElseThrow()))
                .containsExactlyInAnyOrder(row("0", "zero"), row("2", "two"));
        assertThat(table.pinAsOf(fixture().instantBetweenCommits())
                        .orElseThrow()
                        .progress())
                .isEqualTo(second);
    }

    @Test
    void filesAreWhereTheVersionSaysAndAsLargeAsItSays() {
        LakeTable table = notes();
        apply(table, events(SCHEMA).insert("3", "three").delete("0"));
        PinnedTable pinned = table.pin();
        assertThat(pinned.files()).isNotEmpty();
        for (PinnedFile file : pinned.files()) {
            assertThat(fixture().findBytes(file.location())).hasValue(file.bytes());
            assertThat(file.deleted().count()).isLessThanOrEqualTo(file.rows());
        }
    }

    @Test
    void filesAndDeletedRowsTellTheSameAsTheFormatsOwnReader() {
        LakeTable table = notes();
        for (int i = 0; i < 8; i++) {
            Events events = events(SCHEMA);
            for (int key = 0; key < 12; key++) {
                if ((key + i) % 3 == 0) {
                    events.update(Integer.toString(key), "version " + i);
                } else if ((key + i) % 7 == 0) {
                    events.delete(Integer.toString(key));
                }
            }
            apply(table, events);
            // The comparison is made by rows().
            assertThat(rows(table)).isNotEmpty();
        }
    }

    @Test
    void softDeletedRowsAreInTheFilesButNotAmongTheRowsRead() {
        LakeTable table = notes(SOFT);
        apply(table, events(SCHEMA).delete("1"));
        PinnedTable pinned = table.pin();
        assertThat(pinned.rows()).isEqualTo(3);
        assertThat(rows(table, pinned)).containsExactlyInAnyOrder(row("0", "zero"), row("2", "two"));
        assertThat(pinned.fieldIds()).hasSize(3);
    }

    @Test
    void everyColumnHasAFieldIdOfItsOwn() {
        PinnedTable pinned = notes().pin();
        assertThat(pinned.fieldIds()).hasSize(2);
        assertThat(new HashSet<>(pinned.fieldIds())).hasSize(2);
    }

    @Test
    void aMirrorInTheMakingWithoutCommitsHasAVersionWithoutFiles() {
        try (LakeTable making = lake().openLoad(SPEC)) {
            PinnedTable pinned = making.pin();
            assertThat(pinned.progress()).isEqualTo(LakeProgress.NONE);
            assertThat(pinned.files()).isEmpty();
            assertThat(pinned.rows()).isZero();
            assertThat(rows(making, pinned)).isEmpty();
        }
    }

    @Test
    void batchesTogetherHoldEveryRowOfALargeTable() {
        int count = 10_000;
        Events rows = snapshot(SCHEMA);
        for (int i = 0; i < count; i++) {
            rows.insert(Integer.toString(i), "note " + i);
        }
        LakeTable table = mirror(SPEC, rows);
        Events deletes = events(SCHEMA);
        for (int i = 0; i < count; i += 2) {
            deletes.delete(Integer.toString(i));
        }
        apply(table, deletes);
        List<String> ids = new ArrayList<>();
        table.readAll(table.pin(), batch -> {
            for (int row = 0; row < batch.size(); row++) {
                ids.add(String.valueOf(Events.texts(batch.columns(), row).get(0)));
            }
        });
        assertThat(ids).hasSize(count / 2).doesNotHaveDuplicates().allMatch(id -> Integer.parseInt(id) % 2 == 1);
    }
}
