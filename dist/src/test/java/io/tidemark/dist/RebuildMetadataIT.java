package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metadata store loses all that it holds of a pipeline, and is filled again from the lake. */
class RebuildMetadataIT {
    private static final String SETTINGS = """
            slices: {interval: 1s}
            tables:
              - include: public.filtered
                where: "kind = 'a'"
              - include: public.*
            """;

    private static EmbeddedPostgresServer server;

    @TempDir
    Path folder;

    @BeforeAll
    static void startServer() {
        server = EmbeddedPostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void tablesGoOnWithoutBeingLoadedAgain() throws Exception {
        try (MirroredDatabase mirrored = pipeline()) {
            mirrored.start();
            mirrored.awaitLive("plain", "filtered", "evolved", "stopped", "gone");
            mirrored.execute(
                    "alter table evolved add column later text",
                    "insert into evolved select i, 'x', 'y' from generate_series(1001, 1100) i",
                    "update plain set v = v || '!' where id % 3 = 0",
                    "delete from filtered where id % 7 = 0");
            mirrored.prove();
            assertThat(command(mirrored, "pause", "stopped").exitCode()).isZero();
            assertThat(command(mirrored, "drop", "gone", "--yes").exitCode()).isZero();
            mirrored.stop();
            Map<String, String> loads = loads(mirrored);
            mirrored.execute(
                    "insert into plain select i, 'while nobody looks' from generate_series(5001, 5100) i",
                    "update stopped set v = 'changed' where id < 10");
            long slice = newestSlice(mirrored);
            loseMetadata(mirrored);

            RecordedCommand rebuilt = command(mirrored, "rebuild-metadata");

            assertThat(rebuilt.err()).isEmpty();
            assertThat(rebuilt.exitCode()).isZero();
            assertThat(rebuilt.out().lines())
                    .contains("public.stopped: paused", "public.gone: dropped")
                    .anyMatch(line -> line.matches("public\\.plain: (live|catching-up)"))
                    .noneMatch(line -> line.contains("loaded again"));
            assertThat(newestSlice(mirrored)).isEqualTo(slice);
            mirrored.start();
            mirrored.execute("insert into filtered select i, 'a' from generate_series(9001, 9100) i");
            mirrored.awaitLive("plain", "filtered", "evolved");
            assertThat(command(mirrored, "resume", "stopped").exitCode()).isZero();
            mirrored.awaitLive("stopped");
            mirrored.prove();
            assertThat(loads(mirrored)).isEqualTo(loads);
            assertThat(state(mirrored, "gone")).isEqualTo(TableState.DROPPED);
            assertThat(mirrored.query("select count(*) from public.plain where v = 'while nobody looks'"))
                    .containsExactly(List.of(100L));
        }
    }

    @Test
    void aKilledPipelineGoesOnToo() throws Exception {
        try (MirroredDatabase mirrored = pipeline()) {
            Process process = CommandProcess.start(
                    folder.resolve("run.log"),
                    Map.of(),
                    "run",
                    "--config",
                    mirrored.file().toString());
            try {
                mirrored.awaitLive("plain", "filtered", "evolved", "stopped", "gone");
                mirrored.execute("update plain set v = 'before the kill' where id < 50");
                await().atMost(MirroredDatabase.PATIENCE)
                        .until(() -> !mirrored.query("select 1 from public.plain where v = 'before the kill'")
                                .isEmpty());
            } finally {
                process.destroyForcibly().waitFor();
            }
            mirrored.stop();
            Map<String, String> loads = loads(mirrored);
            loseMetadata(mirrored);
            RecordedCommand rebuilt = command(mirrored, "rebuild-metadata");
            assertThat(rebuilt.out()).doesNotContain("loaded again");
            mirrored.start();
            mirrored.execute("delete from plain where id < 10");
            mirrored.prove();
            assertThat(loads(mirrored)).isEqualTo(loads);
        }
    }

    @Test
    void withoutTheChangesOfTheSourceTablesAreLoadedAgain() throws Exception {
        try (MirroredDatabase mirrored = pipeline()) {
            mirrored.start();
            mirrored.awaitLive("plain", "filtered", "evolved", "stopped", "gone");
            mirrored.stop();
            Map<String, String> loads = loads(mirrored);
            loseMetadata(mirrored);
            mirrored.execute(
                    "select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database()",
                    "update plain set v = 'nobody has seen this' where id < 100");

            RecordedCommand rebuilt = command(mirrored, "rebuild-metadata");

            assertThat(rebuilt.exitCode()).isZero();
            assertThat(rebuilt.out().lines().filter(line -> line.startsWith("public.")))
                    .hasSize(5)
                    .allSatisfy(line -> assertThat(line)
                            .contains(": pending, is loaded again: ")
                            .contains("does not exist"));
            mirrored.start();
            mirrored.awaitLive("plain", "filtered", "evolved", "stopped", "gone");
            mirrored.prove();
            assertThat(loads(mirrored)).doesNotContainValue(loads.get("public.plain"));
        }
    }

    @Test
    void aTableThatIsInDoubtIsLoadedAgainAndTheOthersAreNot() throws Exception {
        try (MirroredDatabase mirrored = pipeline()) {
            mirrored.start();
            mirrored.awaitLive("plain", "filtered", "evolved", "stopped", "gone");
            mirrored.stop();
            Map<String, String> loads = loads(mirrored);
            mirrored.pipeline().dropMirror(new TableId("public", "evolved"));
            loseMetadata(mirrored);
            Files.delete(registration(mirrored, "filtered"));

            RecordedCommand rebuilt = command(mirrored, "rebuild-metadata");

            assertThat(rebuilt.out().lines())
                    .anyMatch(
                            line -> line.startsWith("public.evolved: pending, is loaded again: the lake has no mirror"))
                    .noneMatch(line -> line.startsWith("public.filtered"));
            mirrored.start();
            mirrored.awaitLive("plain", "filtered", "evolved", "stopped", "gone");
            mirrored.prove();
            Map<String, String> after = loads(mirrored);
            assertThat(after.get("public.plain")).isEqualTo(loads.get("public.plain"));
            assertThat(after.get("public.filtered")).isNotEqualTo(loads.get("public.filtered"));
            assertThat(after.get("public.evolved")).isNotEqualTo(loads.get("public.evolved"));
        }
    }

    @Test
    void aStoreThatHasTablesIsLeftAlone() throws Exception {
        try (MirroredDatabase mirrored = pipeline()) {
            mirrored.start();
            mirrored.awaitLive("plain");
            RecordedCommand running = command(mirrored, "rebuild-metadata");
            assertThat(running.exitCode()).isEqualTo(2);
            assertThat(running.err()).contains("it is running");
            mirrored.stop();
            RecordedCommand refused = command(mirrored, "rebuild-metadata");
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.err())
                    .contains("the metadata store has tables of it")
                    .contains("--missing");
            RecordedCommand missing = command(mirrored, "rebuild-metadata", "--missing");
            assertThat(missing.exitCode()).isZero();
            assertThat(missing.out()).contains("no copy of a table that the store lacks");
        }
    }

    @Test
    void ofAPipelineThatWasEndedNothingComesBack() throws Exception {
        try (MirroredDatabase mirrored = pipeline()) {
            mirrored.start();
            mirrored.awaitLive("plain");
            mirrored.stop();
            assertThat(command(mirrored, "drop", "--all", "--yes").exitCode()).isZero();
            assertThat(command(mirrored, "rebuild-metadata").out()).contains("no copy of a table that the store lacks");
        }
    }

    private MirroredDatabase pipeline() throws IOException {
        MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, SETTINGS);
        mirrored.execute(
                "create table plain (id int primary key, v text)",
                "create table filtered (id int primary key, kind text)",
                "create table evolved (id int primary key, v text)",
                "create table stopped (id int primary key, v text)",
                "create table gone (id int primary key, v text)",
                "insert into plain select i, 'v' || i from generate_series(1, 1000) i",
                "insert into filtered select i, case when i % 2 = 0 then 'a' else 'b' end from generate_series(1, 1000) i",
                "insert into evolved select i, 'v' || i from generate_series(1, 1000) i",
                "insert into stopped select i, 'v' || i from generate_series(1, 1000) i",
                "insert into gone values (1, 'v')");
        return mirrored;
    }

    private static RecordedCommand command(MirroredDatabase mirrored, String... args) {
        return RecordedCommand.run(mirrored.file(), Map.of(), args);
    }

    private static void loseMetadata(MirroredDatabase mirrored) {
        MetadataStore store = mirrored.pipeline().metastore();
        store.list("")
                .forEach(entry ->
                        assertThat(store.delete(entry.key(), entry.version())).isTrue());
        mirrored.stop();
    }

    private static long newestSlice(MirroredDatabase mirrored) {
        long newest = mirrored.pipeline().sliceLog().newest().orElseThrow().sequence();
        mirrored.stop();
        return newest;
    }

    /** Ids of the loads that the mirrors come from, by table. */
    private static Map<String, String> loads(MirroredDatabase mirrored) {
        Map<String, String> loads = new TreeMap<>();
        for (TableRecord record : mirrored.pipeline().registry().list()) {
            if (record.state() != TableState.DROPPED) {
                try (LakeTable mirror =
                        mirrored.pipeline().lake().find(record.mirror()).orElseThrow()) {
                    loads.put(record.id().toString(), mirror.progress().loadId());
                }
            }
        }
        return loads;
    }

    private static TableState state(MirroredDatabase mirrored, String table) {
        return mirrored.pipeline().registry().load(new TableId("public", table)).state();
    }

    private static Path registration(MirroredDatabase mirrored, String table) throws IOException {
        try (var files = Files.walk(mirrored.lake().resolve("registry"))) {
            return files.filter(file -> file.getFileName().toString().equals("public." + table + ".json"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
