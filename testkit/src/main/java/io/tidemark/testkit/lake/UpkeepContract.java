package io.tidemark.testkit.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeRewrite;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.RowSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Upkeep changes files and versions, never rows. */
public abstract class UpkeepContract extends LakeContract {
    private static final int ROUNDS = 11;

    static Stream<Arguments> specs() {
        RowSchema keyless = schema(List.of(), BeforeImage.FULL, ID, NOTE);
        return Stream.of(
                Arguments.of("hard", SPEC),
                Arguments.of("soft", new LakeTableSpec(SCHEMA, List.of(), DeleteMode.SOFT)),
                Arguments.of("in buckets", new LakeTableSpec(SCHEMA, List.of("bucket(2, id)"), DeleteMode.HARD)),
                Arguments.of("without a key", new LakeTableSpec(keyless, List.of(), DeleteMode.HARD)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void rowsAreTheSameBeforeAndAfter(String name, LakeTableSpec spec) {
        if (!spec.partitions().isEmpty()) {
            requirePartitions(Transform.BUCKET, ID.type(), spec);
        }
        LakeTable table = changed(spec);
        List<List<@Nullable String>> before = stored(table.pin());
        LakeProgress progress = table.progress();
        int files = table.pin().files().size();
        int steps = 0;
        while (MirrorUpkeep.step(table, FENCE, List.of()).isPresent()) {
            assertThat(++steps).as("steps of upkeep").isLessThan(50);
            assertThat(stored(table.pin())).containsExactlyInAnyOrderElementsOf(before);
            assertThat(table.progress().applied()).isEqualTo(progress.applied());
            assertThat(table.progress().slice()).isEqualTo(progress.slice());
            assertThat(table.progress().loadId()).isEqualTo(progress.loadId());
            assertThat(table.progress().loaded()).isTrue();
        }
        assertThat(steps).as(name).isPositive();
        assertThat(rows(table)).isNotEmpty();
        assertThat(table.pin().files()).as(name).hasSizeLessThan(files);
        assertThat(MirrorUpkeep.step(table, FENCE, List.of())).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void changesThatComeWhileFilesAreRewrittenAreInThem(String name, LakeTableSpec spec) {
        if (!spec.partitions().isEmpty()) {
            requirePartitions(Transform.BUCKET, ID.type(), spec);
        }
        LakeTable table = changed(spec);
        try (LakeRewrite rewrite = requireRewrite(table)) {
            change(table);
            rewrite.run();
            change(table);
            List<List<@Nullable String>> before = stored(table.pin());
            LakeProgress progress = table.progress();
            int files = table.pin().files().size();
            assertThat(table.commitRewrite(rewrite, FENCE)).isPresent();
            assertThat(stored(table.pin())).containsExactlyInAnyOrderElementsOf(before);
            assertThat(table.progress().applied()).isEqualTo(progress.applied());
            assertThat(table.pin().files()).hasSizeLessThan(files);
        }
        change(table);
        List<List<@Nullable String>> rows = rows(table);
        fixture().crashAndMove();
        LakeTable moved = find(TABLE);
        assertThat(rows(moved)).containsExactlyInAnyOrderElementsOf(rows);
        change(moved);
        assertThat(rows(moved)).hasSize(rows.size() + ROUNDS);
        if (spec.schema().hasKey()) {
            assertThat(rows(moved)).extracting(row -> row.get(0)).doesNotHaveDuplicates();
        }
    }

    @Test
    void aRewriteOfFilesThatAreGoneIsNothing() {
        LakeTable table = changed(SPEC);
        try (LakeRewrite late = requireRewrite(table)) {
            late.run();
            maintain(table);
            List<List<@Nullable String>> rows = rows(table);
            assertThat(table.commitRewrite(late, FENCE)).isEmpty();
            assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(rows);
        }
        change(table);
        try (LakeRewrite late = requireRewrite(table)) {
            late.run();
            apply(table, events(SCHEMA).truncate().insert("1", "one"));
            assertThat(table.commitRewrite(late, FENCE)).isEmpty();
            assertThat(rows(table)).containsExactly(row("1", "one"));
        }
    }

    @Test
    void aRewriteThatWasNotRunIsRefused() {
        LakeTable table = changed(SPEC);
        List<List<@Nullable String>> rows = rows(table);
        try (LakeRewrite rewrite = requireRewrite(table)) {
            assertThatThrownBy(() -> table.commitRewrite(rewrite, FENCE)).isInstanceOf(IllegalStateException.class);
            rewrite.close();
            rewrite.run();
            assertThatThrownBy(() -> table.commitRewrite(rewrite, FENCE)).isInstanceOf(IllegalStateException.class);
        }
        assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(rows);
    }

    @Test
    void aRewriteThatIsGivenUpLeavesNoFile() throws Exception {
        LakeTable table = changed(SPEC);
        LakeRewrite rewrite = requireRewrite(table);
        Path folder = Objects.requireNonNull(
                Path.of(table.pin().files().get(0).location()).getParent());
        assumeTrue(Files.isDirectory(folder), "data files are on local disk");
        List<Path> before = files(folder);
        rewrite.run();
        assertThat(files(folder)).hasSizeGreaterThan(before.size());
        rewrite.close();
        assertThat(files(folder)).isEqualTo(before);
    }

    @Test
    void rowsAreFoundAfterUpkeepAndOnAnotherMachine() {
        LakeTable table = changed(SPEC);
        maintain(table);
        apply(table, events(SCHEMA).update("0", "after").delete("1").update("2", Events.UNCHANGED));
        fixture().crashAndMove();
        LakeTable moved = find(TABLE);
        maintain(moved);
        apply(moved, events(SCHEMA).update("0", Events.UNCHANGED).delete("2"));
        assertThat(rows(moved))
                .contains(row("0", "after"))
                .noneMatch(row -> "1".equals(row.get(0)) || "2".equals(row.get(0)));
    }

    @Test
    void versionsToBeKeptAreKeptAndOthersGo() {
        LakeTable table = notes();
        long lost = table.progress().version();
        long kept = apply(table, events(SCHEMA).update("0", "kept")).progress().version();
        List<List<@Nullable String>> then = List.of(row("0", "kept"), row("1", "one"), row("2", "two"));
        change(table);
        maintain(table, kept);
        assertThat(table.pin(lost)).isEmpty();
        PinnedTable pinned = table.pin(kept).orElseThrow();
        assertThat(rows(table, pinned)).containsExactlyInAnyOrderElementsOf(then);
        // Nobody needs it any longer.
        change(table);
        maintain(table);
        assertThat(table.pin(kept)).isEmpty();
    }

    @Test
    void versionsFarApartAreKeptWithoutThoseBetweenThem() {
        LakeTable table = notes();
        List<Long> kept = new ArrayList<>();
        List<Long> between = new ArrayList<>();
        List<List<List<@Nullable String>>> then = new ArrayList<>();
        List<String> files = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Events events = events(SCHEMA).truncate().insert("0", "kept " + i).insert("1", "one");
            kept.add(apply(table, events).progress().version());
            then.add(rows(table));
            files.add(table.pin().files().get(0).location());
            apply(table, events(SCHEMA).update("0", "changed").delete("1"));
            between.add(
                    apply(table, events(SCHEMA).insert("1", "two")).progress().version());
            change(table);
            maintain(table, kept.toArray(Long[]::new));
        }
        for (int released = 0; released <= kept.size(); released++) {
            for (int i = released; i < kept.size(); i++) {
                PinnedTable pinned = table.pin(kept.get(i)).orElseThrow();
                assertThat(rows(table, pinned)).as("version %d", i).containsExactlyInAnyOrderElementsOf(then.get(i));
            }
            assertThat(between).allMatch(version -> table.pin(version).isEmpty());
            change(table);
            int next = Math.min(kept.size(), released + 1);
            maintain(table, kept.subList(next, kept.size()).toArray(Long[]::new));
        }
        assertThat(files).allMatch(file -> fixture().findBytes(file).isEmpty());
        assertThat(rows(table)).isNotEmpty();
    }

    @Test
    void filesThatNoVersionNeedsAreDeleted() throws Exception {
        LakeTable table = notes();
        String first = table.pin().files().get(0).location();
        assertThat(fixture().findBytes(first)).isPresent();
        change(table);
        apply(table, events(SCHEMA).truncate().insert("1", "one"));
        change(table);
        maintain(table);
        assertThat(fixture().findBytes(first)).isEmpty();
        assertThat(rows(table)).isNotEmpty();
    }

    @Test
    void aFreshMirrorNeedsNoUpkeep() {
        assertThat(MirrorUpkeep.step(notes(), FENCE, List.of())).isEmpty();
    }

    private LakeRewrite requireRewrite(LakeTable table) {
        assumeFalse(fixture().lacks().contains(LakeFeature.REWRITE));
        return table.planRewrite().orElseThrow();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".parquet"))
                    .sorted()
                    .toList();
        }
    }

    private LakeTable changed(LakeTableSpec spec) {
        LakeTable table = notes(spec);
        change(table);
        return table;
    }

    /** Many small commits that leave rows with keys below 10. */
    private void change(LakeTable table) {
        RowSchema schema = table.spec().schema();
        for (int i = 0; i < ROUNDS; i++) {
            Events events = events(schema);
            String key = Integer.toString(1000 + i);
            events.insert(key, "made").insert(Long.toString(2000 + position()), "stays");
            if (schema.hasKey()) {
                events.update(Integer.toString(i % 10), "version " + i);
            }
            apply(table, events);
            apply(table, events(schema).delete(key, "made"));
        }
    }
}
