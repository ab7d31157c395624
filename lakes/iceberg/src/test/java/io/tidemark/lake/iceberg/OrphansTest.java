package io.tidemark.lake.iceberg;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.lake.iceberg.maintain.Upkeep;
import io.tidemark.lake.upsert.apply.ApplyLimits;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.clock.MutableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that no version refers to go, and no other ones. */
class OrphansTest {
    private static final TableId TABLE = new TableId("public", "notes");
    private static final Duration OLD = Duration.ofDays(4);

    @TempDir
    private Path folder;

    private final MutableClock clock = new MutableClock(Instant.now());
    private IcebergFixture fixture;

    @BeforeEach
    void load() {
        open("deletion-vectors");
    }

    private void open(String deletes) {
        // Nothing else is due.
        Upkeep.Rules rules = new Upkeep.Rules(
                clock,
                1,
                100,
                1,
                100,
                1 << 20,
                100,
                100,
                100,
                Duration.ofDays(1),
                100,
                Duration.ofDays(3),
                Duration.ofDays(1));
        fixture = new IcebergFixture(
                folder.resolve(deletes), deletes, new LakeOptions(ApplyLimits.DEFAULT, rules), false);
        Notes.load(fixture.lake(), TABLE, "zero", "one", "two");
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"deletion-vectors", "position-deletes"})
    void whatNoVersionRefersToGoesAndAllElseStays(String deletes) throws IOException {
        fixture.close();
        open(deletes);
        try (LakeTable mirror = fixture.lake().find(TABLE).orElseThrow()) {
            long first = mirror.progress().version();
            Notes.apply(mirror, Operation.UPDATE, 1, "changed");
            Notes.apply(mirror, Operation.DELETE, 2, "two");
            Notes.apply(mirror, Operation.INSERT, 3, "three");
            makeOld();
            Path data = plant("data/00000-left-by-a-writer.parquet", OLD);
            Path manifest = plant("metadata/left-by-a-writer-m0.avro", OLD);
            Path young = plant("data/00000-just-written.parquet", Duration.ofDays(2));
            Path foreign = plant("data/README.txt", OLD);
            List<Path> before = files();

            assertThat(mirror.maintain(1, List.of())).as("not due").isEmpty();
            assertThat(files()).isEqualTo(before);

            clock.advance(Duration.ofHours(25));
            assertThat(mirror.maintain(1, List.of())).contains("deleted 2 files that no version refers to");
            assertThat(data).doesNotExist();
            assertThat(manifest).doesNotExist();
            assertThat(young).exists();
            assertThat(foreign).exists();
            assertThat(Notes.rows(fixture.foreign(TABLE)))
                    .containsExactlyInAnyOrderEntriesOf(Map.of(0L, "zero", 1L, "changed", 3L, "three"));
            assertThat(mirror.pin(first)).hasValueSatisfying(pinned -> {
                long[] rows = {0};
                mirror.readAll(pinned, batch -> rows[0] += batch.size());
                assertThat(rows[0]).as("rows of an older version").isEqualTo(3);
            });
            assertThat(mirror.maintain(1, List.of())).as("done for a day").isEmpty();
        }
    }

    /** A writer that this one has taken over may still be about to commit, as long as the table does not know of that. */
    @Test
    void nothingGoesBeforeTheTableKnowsWhoHasIt() throws IOException {
        try (LakeTable mirror = fixture.lake().find(TABLE).orElseThrow()) {
            Path orphan = plant("data/00000-left-by-a-writer.parquet", OLD);
            clock.advance(Duration.ofHours(25));
            assertThat(mirror.maintain(2, List.of())).isEmpty();
            assertThat(orphan).exists();
            assertThat(mirror.maintain(1, List.of())).isPresent();
            assertThat(orphan).doesNotExist();
        }
    }

    private Path plant(String name, Duration age) throws IOException {
        Path file = location().resolve(name);
        Files.writeString(file, "unused");
        return age(file, age);
    }

    /** Files in use are the older ones. */
    private void makeOld() throws IOException {
        for (Path file : files()) {
            age(file, Duration.ofDays(30));
        }
    }

    private static Path age(Path file, Duration age) throws IOException {
        return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(location())) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private Path location() {
        return Path.of(fixture.foreign(TABLE).location());
    }
}
