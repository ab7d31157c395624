package io.tidemark.testkit.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.PinnedTable.PinnedFile;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How mirrors are published, found, replaced and dropped. */
public abstract class PublishContract extends LakeContract {
    private static final LakeTableSpec SOFT = new LakeTableSpec(SCHEMA, List.of(), DeleteMode.SOFT);

    @Test
    void checkPassesWhereTheLakeCanBeWritten() {
        assertThat(lake().check()).isNotEmpty().allMatch(finding -> finding.status() == Finding.Status.OK);
    }

    @Test
    void aMirrorIsThereOnlyAfterItIsPublished() {
        assertThat(lake().find(TABLE)).isEmpty();
        assertThat(lake().tables()).isEmpty();
        try (LakeTable making = lake().openLoad(SPEC)) {
            assertThat(making.spec()).isEqualTo(SPEC);
            assertThat(making.progress()).isEqualTo(LakeProgress.NONE);
            assertThat(making.pin().files()).isEmpty();
            making.beginLoad(LOAD, FENCE);
            chunk(making, 0, snapshot(SCHEMA).insert("1", "one"));
            finish(making);
            assertThat(lake().find(TABLE)).isEmpty();
            assertThat(lake().tables()).isEmpty();
        }
        lake().publish(TABLE, LOAD);
        assertThat(lake().tables()).containsExactly(TABLE);
        assertThat(rows(find(TABLE))).containsExactly(row("1", "one"));
    }

    @Test
    void findsSpecAndProgressAgainFromTheLakeAlone() {
        RowSchema schema = schema(List.of("note", "id"), BeforeImage.FULL, ID, NOTE);
        boolean isPartitioned = fixture().partitions(Transform.BUCKET, ID.type());
        LakeTableSpec spec =
                new LakeTableSpec(schema, isPartitioned ? List.of("bucket(4, id)") : List.of(), DeleteMode.SOFT);
        LakeProgress before = mirror(spec, snapshot(schema).insert("1", "one")).progress();
        fixture().crashAndMove();
        assertThat(lake().tables()).containsExactly(TABLE);
        LakeTable found = find(TABLE);
        assertThat(found.spec()).isEqualTo(spec);
        assertThat(found.progress()).isEqualTo(before);
        assertThat(lake().find(new TableId("public", "none"))).isEmpty();
        assertThat(lake().find(new TableId("none", "notes"))).isEmpty();
    }

    @Test
    void namesOfTablesAreTakenLiterally() {
        List<TableId> names = List.of(
                new TableId("a", "b.c"),
                new TableId("a.b", "c"),
                new TableId("a", "B.c"),
                new TableId("Süd \"1\"/x", "Ordres d'achat €% .."));
        for (TableId name : names) {
            RowSchema schema = new RowSchema(name, SCHEMA.columns(), SCHEMA.key(), BeforeImage.KEY);
            LakeTableSpec spec = new LakeTableSpec(schema, List.of(), DeleteMode.HARD);
            mirror(spec, snapshot(schema).insert("1", name.toString() + names.indexOf(name)));
        }
        assertThat(lake().tables())
                .containsExactlyElementsOf(names.stream().sorted().toList());
        for (TableId name : names) {
            assertThat(rows(find(name))).containsExactly(row("1", name.toString() + names.indexOf(name)));
        }
    }

    @Test
    void aFinishedLoadThatIsNotPublishedIsReplacedToo() {
        try (LakeTable making = lake().openLoad(SPEC)) {
            making.beginLoad(LOAD, FENCE);
            chunk(making, 0, snapshot(SCHEMA).insert("1", "old"));
            finish(making);
        }
        try (LakeTable making = lake().openLoad(SPEC)) {
            assertThat(making.beginLoad("load-2", FENCE).loaded()).isFalse();
            assertThat(rows(making)).isEmpty();
            finish(making);
        }
        lake().publish(TABLE, "load-2");
        assertThat(rows(find(TABLE))).isEmpty();
    }

    @Test
    void readersSeeTheOldMirrorWholeUntilTheNewOneIsWhole() {
        LakeTable old = notes();
        apply(old, events(SCHEMA).insert("5", "five"));
        old.close();
        // Another shape, which the mirror could not be given in place.
        try (LakeTable making = lake().openLoad(SOFT)) {
            making.beginLoad("load-2", 2);
            chunk(making, 0, snapshot(SCHEMA).insert("7", "seven"));
            assertFenced(() -> lake().publish(TABLE, "load-2"));
            assertThat(rows(find(TABLE))).hasSize(4);
            assertThat(lake().tables()).containsExactly(TABLE);
            finish(making);
        }
        assertThat(rows(find(TABLE))).hasSize(4);
        assertFenced(() -> lake().publish(TABLE, LOAD));
        lake().publish(TABLE, "load-2");
        lake().publish(TABLE, "load-2");
        LakeTable published = find(TABLE);
        assertThat(published.spec()).isEqualTo(SOFT);
        assertThat(rows(published)).containsExactly(row("7", "seven"));
        apply(published, 2, events(SCHEMA).insert("8", "eight"));
        assertThat(rows(published)).containsExactlyInAnyOrder(row("7", "seven"), row("8", "eight"));
    }

    @Test
    void mirrorsAreReplacedAgainAndAgain() {
        for (int round = 1; round <= 3; round++) {
            try (LakeTable making = lake().openLoad(round % 2 == 0 ? SOFT : SPEC)) {
                assertThat(making.progress().loadId()).isEmpty();
                making.beginLoad("round-" + round, round);
                chunk(making, 0, snapshot(SCHEMA).insert("1", "round " + round));
                finish(making);
            }
            lake().publish(TABLE, "round-" + round);
            LakeTable table = find(TABLE);
            apply(table, round, events(SCHEMA).insert("2", "after " + round));
            assertThat(rows(table)).containsExactlyInAnyOrder(row("1", "round " + round), row("2", "after " + round));
            table.close();
        }
    }

    @Test
    void whoHasTheReplacedMirrorOpenCannotCommitToTheNewOne() {
        LakeTable old = notes();
        LakeProgress seen = old.progress();
        try (LakeTable making = lake().openLoad(SPEC)) {
            making.beginLoad("load-2", 2);
            finish(making);
        }
        lake().publish(TABLE, "load-2");
        Events late = events(SCHEMA).insert("9", "late");
        assertRefused(() -> {
            try (LakeApply apply = old.beginApply(seen, FENCE)) {
                apply.add(late.batch());
                apply.commit(next(seen));
            }
        });
        assertThat(rows(find(TABLE))).isEmpty();
    }

    @Test
    void publishingWhatWasNeverLoadedIsRefused() {
        assertFenced(() -> lake().publish(TABLE, LOAD));
        notes();
        assertFenced(() -> lake().publish(TABLE, "load-2"));
        assertThat(rows(find(TABLE))).hasSize(3);
    }

    private boolean exists(PinnedFile file) {
        return fixture().findBytes(file.location()).isPresent();
    }

    @Test
    void dropsTheMirrorAndOneInTheMaking() {
        LakeTable table = notes();
        apply(table, events(SCHEMA).insert("5", "five"));
        List<PinnedFile> files = new ArrayList<>(table.pin().files());
        table.close();
        try (LakeTable making = lake().openLoad(SOFT)) {
            making.beginLoad("load-2", 2);
            chunk(making, 0, snapshot(SCHEMA).insert("1", "one"));
            files.addAll(making.pin().files());
        }
        assertThat(files).hasSizeGreaterThan(1).allMatch(file -> exists(file));
        lake().drop(TABLE);
        assertThat(files).noneMatch(file -> exists(file));
        assertThat(lake().find(TABLE)).isEmpty();
        assertThat(lake().tables()).isEmpty();
        lake().drop(TABLE);
        // Nothing of before comes back: neither rows, nor progress, nor an index of keys.
        LakeTable again = notes();
        apply(again, events(SCHEMA).update("2", "two again").insert("5", "five"));
        assertThat(rows(again))
                .containsExactlyInAnyOrder(row("0", "zero"), row("1", "one"), row("2", "two again"), row("5", "five"));
    }

    @Test
    void oneTableIsDroppedWithoutTheOthers() {
        RowSchema schema =
                new RowSchema(new TableId("public", "notes2"), SCHEMA.columns(), SCHEMA.key(), BeforeImage.KEY);
        mirror(
                new LakeTableSpec(schema, List.of(), DeleteMode.HARD),
                snapshot(schema).insert("1", "kept"));
        notes().close();
        lake().drop(TABLE);
        assertThat(lake().tables()).containsExactly(schema.table());
        assertThat(rows(find(schema.table()))).containsExactly(row("1", "kept"));
    }
}
