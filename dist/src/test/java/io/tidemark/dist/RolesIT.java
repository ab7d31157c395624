package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.engine.query.AsOf;
import io.tidemark.engine.run.Role;
import io.tidemark.engine.run.Runner;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Roles apart from each other, damaged slices, and readers that are not ours. */
class RolesIT {
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
    void rolesOnTheirOwnMeetInTheMetadataStore() throws Exception {
        try (MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, "")) {
            mirrored.execute("create table t (id int primary key, v text)", "insert into t values (1, 'a')");
            List<Pipeline> pipelines = new ArrayList<>();
            List<Runner> runners = new ArrayList<>();
            try {
                for (EnumSet<Role> roles : List.of(
                        EnumSet.of(Role.CAPTURE),
                        EnumSet.of(Role.SNAPSHOT),
                        EnumSet.of(Role.ORCHESTRATOR),
                        EnumSet.of(Role.WORKER))) {
                    Pipeline pipeline = Pipeline.open(mirrored.config(), new Plugins(), Clock.systemUTC());
                    pipelines.add(pipeline);
                    runners.add(Runner.start(pipeline, roles));
                }
                mirrored.awaitLive("t");
                mirrored.execute("update t set v = 'b'", "insert into t values (2, 'c')");
                mirrored.prove();
                assertThat(mirrored.query("select id, v from t order by id"))
                        .containsExactly(List.of(1, "b"), List.of(2, "c"));
            } finally {
                runners.forEach(Runner::close);
                pipelines.forEach(Pipeline::close);
            }
        }
    }

    @Test
    void damagedSliceFailsItsTableAndTheOthersGoOn() throws Exception {
        try (MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, "")) {
            mirrored.execute("create table hurt (id int primary key)", "create table well (id int primary key)");
            mirrored.start();
            mirrored.awaitLive("hurt", "well");
            mirrored.stop();
            mirrored.execute("insert into hurt values (1)", "insert into well values (1)");
            mirrored.start(EnumSet.of(Role.CAPTURE));
            TableId hurt = new TableId("public", "hurt");
            await().atMost(MirroredDatabase.PATIENCE)
                    .until(() -> sliceOf(mirrored, hurt).isPresent());
            mirrored.stop();
            Path file = mirrored.lake().resolve(sliceOf(mirrored, hurt).orElseThrow());
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);
            mirrored.start();
            mirrored.awaitState(hurt, TableState.FAILED);
            assertThat(mirrored.pipeline().registry().load(hurt).failure().code())
                    .isEqualTo("SLICE_CORRUPT");
            assertThat(mirrored.pipeline().registry().load(hurt).failure().reason())
                    .contains("public.hurt.parquet");
            await().atMost(MirroredDatabase.PATIENCE)
                    .until(() -> mirrored.query("select id from well").equals(List.of(List.of(1))));
        }
    }

    @Test
    void readerThatIsNotOursAndQueriesAsOfACutSeeTheSameRows() throws Exception {
        try (MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, "")) {
            mirrored.execute(
                    "create table t (id int primary key, v text)",
                    "insert into t select i, 'v' || i from generate_series(1, 500) i");
            mirrored.start();
            mirrored.awaitLive("t");
            mirrored.execute("delete from t where id % 7 = 0", "update t set v = 'changed' where id % 5 = 0");
            mirrored.prove();
            List<List<Object>> rows = mirrored.query("select id, v from t order by id");
            assertThat(rows).hasSize(429);
            assertThat(LakeTampering.read(mirrored, new TableId("public", "t")))
                    .map(row -> List.of(row.getField("id"), row.getField("v")))
                    .containsExactlyInAnyOrderElementsOf(rows);
            await().atMost(MirroredDatabase.PATIENCE)
                    .until(() -> mirrored.status()
                            .newestCut()
                            .filter(cut -> cut.slice() > 1)
                            .isPresent());
            long slice = mirrored.status().newestCut().orElseThrow().slice();
            mirrored.execute("delete from t");
            await().atMost(MirroredDatabase.PATIENCE)
                    .until(() -> mirrored.query("select count(*) from t").equals(List.of(List.of(0L))));
            assertThat(mirrored.query(
                            "select id, v from t order by id",
                            Optional.of(new AsOf(Optional.empty(), Optional.of(slice)))))
                    .isEqualTo(rows);
        }
    }

    private static Optional<String> sliceOf(MirroredDatabase mirrored, TableId table) {
        return mirrored.pipeline().sliceLog().after(0, 1_000).stream()
                .map((SliceManifest slice) -> slice.findFile(table))
                .flatMap(Optional::stream)
                .map(file -> file.path())
                .findFirst();
    }
}
