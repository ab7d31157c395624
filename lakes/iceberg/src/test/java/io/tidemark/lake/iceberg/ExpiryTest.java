package io.tidemark.lake.iceberg;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.lake.MirrorUpkeep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When versions expire, exactly the files go that no version needs any more. */
class ExpiryTest {
    private static final TableId TABLE = new TableId("public", "notes");
    private static final int CHANGES = 130;
    private static final int IDS = 12;
    private static final int IDS_A_COMMIT = 4;

    @TempDir
    private Path folder;

    private final List<Long> keep = new ArrayList<>();
    private final Map<Long, String> expected = new TreeMap<>();

    @ParameterizedTest
    @CsvSource({"deletion-vectors, 1", "position-deletes, 3"})
    void leavesTheFilesOfVersionsThatAreThere(String deletes, long seed) throws IOException {
        try (IcebergFixture fixture = new IcebergFixture(folder, deletes, IcebergFixture.options(1 << 18), false);
                LakeTable mirror = loaded(fixture)) {
            assertThat(change(fixture, mirror, new Random(seed), CHANGES)).isGreaterThan(2);
        }
    }

    @Test
    void whatATagOfAnotherProgramNamesStays() throws IOException {
        try (IcebergFixture fixture =
                        new IcebergFixture(folder, "deletion-vectors", IcebergFixture.options(1 << 18), false);
                LakeTable mirror = loaded(fixture)) {
            Random random = new Random(4);
            change(fixture, mirror, random, 10);
            Table foreign = fixture.foreign(TABLE);
            long tagged = foreign.currentSnapshot().snapshotId();
            foreign.manageSnapshots().createTag("theirs", tagged).commit();
            keep.clear();
            assertThat(change(fixture, mirror, random, 40)).isPositive();
            assertThat(fixture.foreign(TABLE).snapshot(tagged)).isNotNull();
        }
    }

    private LakeTable loaded(IcebergFixture fixture) {
        Notes.load(fixture.lake(), TABLE, "zero", "one", "two");
        expected.putAll(Map.of(0L, "zero", 1L, "one", 2L, "two"));
        return fixture.lake().find(TABLE).orElseThrow();
    }

    /** Changes rows one by one with upkeep after each, and keeps some versions for a while; returns how often versions expired. */
    private int change(IcebergFixture fixture, LakeTable mirror, Random random, int changes) throws IOException {
        int expiries = 0;
        for (int i = 0; i < changes; i++) {
            String note = "note " + i;
            int ids = 1 + random.nextInt(IDS_A_COMMIT);
            Notes.apply(mirror, (batch, position) -> {
                long id = random.nextInt(IDS);
                for (int change = 0; change < ids; change++) {
                    change(batch, position, (id + change) % IDS, note, random.nextInt(3) == 0);
                }
            });
            if (random.nextInt(6) == 0) {
                keep.add(mirror.progress().version());
            } else if (!keep.isEmpty() && random.nextInt(9) == 0) {
                keep.remove(random.nextInt(keep.size()));
            }
            Optional<String> done = MirrorUpkeep.step(mirror, 1, keep);
            if (done.filter(what -> what.startsWith("expired")).isPresent()) {
                expiries++;
                assertThat(files(fixture)).isEqualTo(needed(fixture.foreign(TABLE)));
                assertThat(Notes.rows(fixture.foreign(TABLE))).isEqualTo(expected);
            }
        }
        return expiries;
    }

    private void change(ChangeBatch batch, long position, long id, String note, boolean isDelete) {
        boolean isThere = expected.containsKey(id);
        if (isThere && isDelete) {
            Notes.append(batch, Operation.DELETE, position, id, "");
            expected.remove(id);
        } else {
            Notes.append(batch, isThere ? Operation.UPDATE : Operation.INSERT, position, id, note);
            expected.put(id, note);
        }
    }

    private static Set<String> files(IcebergFixture fixture) throws IOException {
        try (Stream<Path> files = Files.walk(fixture.location())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches(".*\\.(parquet|puffin|avro)"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** Names of the files of all versions, each read whole. */
    private static Set<String> needed(Table table) throws IOException {
        Map<Integer, PartitionSpec> specs =
                ((HasTableOperations) table).operations().current().specsById();
        Set<String> names = new TreeSet<>();
        for (Snapshot snapshot : table.snapshots()) {
            names.add(name(snapshot.manifestListLocation()));
            for (ManifestFile manifest : snapshot.allManifests(table.io())) {
                names.add(name(manifest.path()));
                try (ManifestReader<? extends ContentFile<?>> files = manifest.content() == ManifestContent.DATA
                        ? ManifestFiles.read(manifest, table.io(), specs)
                        : ManifestFiles.readDeleteManifest(manifest, table.io(), specs)) {
                    files.forEach(file -> names.add(name(file.location())));
                }
            }
        }
        return names;
    }

    private static String name(String location) {
        return location.substring(location.lastIndexOf('/') + 1);
    }
}
