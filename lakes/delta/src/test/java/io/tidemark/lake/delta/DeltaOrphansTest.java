package io.tidemark.lake.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.lake.delta.log.DeltaLog;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTable.ChunkWriter;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that no version refers to go, and no other ones. */
class DeltaOrphansTest {
    private static final Duration OLD = Duration.ofDays(8);
    private static final Duration YOUNG = Duration.ofDays(6);
    private static final LakeTableSpec SPEC = new LakeTableSpec(
            new RowSchema(
                    new TableId("s", "t"),
                    List.of(
                            new Column("id", ColumnType.INT64, false, "bigint", 1),
                            new Column("note", ColumnType.STRING, true, "text", 2)),
                    List.of("id"),
                    BeforeImage.KEY),
            List.of(),
            DeleteMode.HARD);

    private static final DeltaUpkeep.Rules RULES =
            new DeltaUpkeep.Rules(Clock.systemUTC(), 5, 1, 12, Duration.ZERO, 12, 7, Duration.ofDays(7));

    private DeltaFixture fixture;
    private LakeTable mirror;
    private int applied;

    @BeforeEach
    void load(@TempDir Path folder) {
        fixture = new DeltaFixture(folder, ApplyMemory.ROOMY);
        mirror = Mirrors.load(
                fixture.lake(),
                SPEC,
                new Events(SPEC.schema(), 1)
                        .insert("1", "one")
                        .insert("2", "two")
                        .insert("3", "three"));
    }

    @AfterEach
    void close() {
        mirror.close();
        fixture.close();
    }

    @Test
    void whatNoVersionRefersToGoesAndAllElseStays() throws IOException {
        Mirrors.apply(mirror, Mirrors.events(mirror).update("1", "changed").delete("2", null));
        long early = mirror.progress().version();
        try (LakeTable making = fixture.lake().openLoad(SPEC)) {
            making.beginLoad("another", 1);
            try (ChunkWriter writer = making.openChunk(0)) {
                writer.append(new Events(SPEC.schema(), 1).insert("7", "seven").batch());
                writer.commit();
            }
        }
        makeOld();
        Path data = plant("upsert-left-by-a-writer.parquet", OLD);
        Path vector = plant("deletion_vector_left.bin", OLD);
        Path inFolder = plant("kind=1/left.parquet", OLD);
        List<Path> stay = List.of(
                plant("just-written.parquet", YOUNG),
                plant("README.txt", OLD),
                plant("_change_data/left.parquet", OLD),
                plant(".hidden.parquet", OLD));
        String done = maintainUntil("deleted", List.of(early));
        assertThat(done).contains("deleted 3 files that no version refers to");
        assertThat(data).doesNotExist();
        assertThat(vector).doesNotExist();
        assertThat(inFolder).doesNotExist();
        assertThat(stay).allSatisfy(path -> assertThat(path).exists());
        assertThat(rows(mirror, mirror.pin())).isEqualTo(2 + applied);
        for (long version : log().commits()) {
            Optional<PinnedTable> pinned = mirror.pin(version);
            assertThat(pinned).isPresent();
            assertThat(rows(mirror, pinned.orElseThrow())).isLessThanOrEqualTo(2 + applied);
        }
        assertThat(rows(mirror, mirror.pin(early).orElseThrow())).isEqualTo(2);
        try (LakeTable making = fixture.lake().openLoad(SPEC)) {
            assertThat(making.beginLoad("another", 1).chunks()).containsExactly(0);
            making.finishLoad(LakeProgress.NONE.withApplied(mirror.progress().applied(), 0, 0));
            assertThat(rows(making, making.pin())).isEqualTo(1);
        }
    }

    /** A writer that this one has taken over may still be about to commit, as long as the table does not know of that. */
    @Test
    void nothingGoesBeforeTheTableKnowsWhoHasIt() throws IOException {
        makeOld();
        Path orphan = plant("upsert-left-by-a-writer.parquet", OLD);
        for (int i = 0; i < 30; i++) {
            apply();
            maintain(2, List.of());
        }
        assertThat(orphan).exists();
        maintainUntil("deleted", List.of());
        assertThat(orphan).doesNotExist();
    }

    private void apply() {
        applied++;
        Mirrors.apply(mirror, Mirrors.events(mirror).insert(Integer.toString(100 + applied), "more"));
    }

    private String maintainUntil(String word, List<Long> keep) {
        for (int i = 0; i < 100; i++) {
            apply();
            Optional<String> done = maintain(1, keep);
            if (done.isPresent() && done.orElseThrow().contains(word)) {
                return done.orElseThrow();
            }
        }
        throw new AssertionError("Nothing was " + word);
    }

    private Optional<String> maintain(long fence, List<Long> keep) {
        return new DeltaUpkeep(log(), RULES).step(log().newest(), fence, keep);
    }

    private static long rows(LakeTable table, PinnedTable pinned) {
        long[] rows = {0};
        table.readAll(pinned, batch -> rows[0] += batch.size());
        return rows[0];
    }

    private DeltaLog log() {
        return new DeltaLog(fixture.files("mirror/s/t"));
    }

    private Path plant(String name, Duration age) throws IOException {
        Path file = location().resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "unused");
        return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
    }

    /** Files in use are the older ones. */
    private void makeOld() throws IOException {
        try (Stream<Path> files = Files.walk(location())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(30))));
            }
        }
    }

    private Path location() {
        return fixture.location().resolve("mirror/s/t");
    }
}
