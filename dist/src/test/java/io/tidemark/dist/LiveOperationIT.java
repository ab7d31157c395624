package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.steer.TableCommands.MirrorFate;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is decided about one table while a pipeline runs: the others go on. */
class LiveOperationIT {
    private static final TableId T = new TableId("public", "t");

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

    @ParameterizedTest
    @CsvSource({
        "type: iceberg, type: iceberg",
        "type: delta, type: delta",
        "'type: hudi, table-type: copy-on-write', 'type: hudi, table-type: merge-on-read'"
    })
    void otherPartitionsAndDeletesAreToldAndTakenByAResync(String lake, String laterLake) throws Exception {
        String database = server.createDatabase();
        try (MirroredDatabase mirrored = open(database, lake, "{include: public.*}")) {
            mirrored.execute(
                    "create table t (id int primary key, kind text, v int)",
                    "create table other (id int primary key)",
                    "insert into t select i, 'k' || i % 3, i from generate_series(1, 30) i",
                    "insert into other values (1)");
            mirrored.start();
            mirrored.awaitLive("t", "other");
        }
        String rules = "{include: public.t, partition: [kind], delete: soft}, {include: public.*}";
        try (MirroredDatabase mirrored = open(database, laterLake, rules)) {
            mirrored.start();
            mirrored.awaitState(T, TableState.FAILED);
            assertThat(mirrored.pipeline().registry().load(T).failure().reason())
                    .contains("its mirror was loaded with other partitions, deletes than the configuration wants");
            mirrored.execute("insert into other values (2)", "delete from t where id = 3", "update t set kind = 'k9'");
            await().atMost(MirroredPipeline.PATIENCE)
                    .until(() -> mirrored.query("select count(*) from other").equals(List.of(List.of(2L))));
            assertThat(mirrored.query("select count(*) from t where kind <> 'k9'"))
                    .containsExactly(List.of(30L));
            new TableCommands(mirrored.pipeline()).resync(T);
            mirrored.awaitLive("t");
            mirrored.execute("delete from t where id = 4", "update t set kind = 'k' || id % 2 where id > 20");
            mirrored.prove();
            LakeTableSpec spec = spec(mirrored);
            assertThat(spec.partitions()).containsExactly("kind");
            assertThat(spec.deletes()).isEqualTo(DeleteMode.SOFT);
        }
    }

    @Test
    void aTableThatNoRuleIncludesIsAddedDroppedAndAddedOtherwise() throws Exception {
        String database = server.createDatabase();
        try (MirroredDatabase mirrored = open(database, "type: iceberg", "{include: public.other, delete: soft}")) {
            mirrored.execute(
                    "create table t (id int primary key, kind text)",
                    "create table other (id int primary key)",
                    "insert into t values (1, 'a')");
            mirrored.start();
            mirrored.awaitLive("other");
            TableCommands commands = new TableCommands(mirrored.pipeline());
            assertRefused(
                    () -> commands.add(new TableId("public", "other"), List.of(), DeleteMode.HARD),
                    "the configuration's rule says partition=[], delete=soft");
            commands.add(T, List.of("kind"), DeleteMode.SOFT);
            mirrored.awaitLive("t");
            assertRefused(
                    () -> commands.add(T, List.of("bucket(2, id)"), null),
                    "it is mirrored already, with partition=[kind], delete=soft");
            commands.add(T, List.of(), null);
            mirrored.stop();
            mirrored.start();
            mirrored.execute("insert into t values (2, 'b')", "insert into other values (1)");
            mirrored.prove();
            assertThat(spec(mirrored).partitions()).containsExactly("kind");
            assertThat(spec(mirrored).deletes()).isEqualTo(DeleteMode.SOFT);
            TableCommands later = new TableCommands(mirrored.pipeline());
            later.drop(T, MirrorFate.KEPT);
            later.add(T, List.of("bucket(2, id)"), null);
            mirrored.awaitLive("t");
            mirrored.prove();
            assertThat(spec(mirrored).partitions()).containsExactly("bucket(2, id)");
            assertThat(spec(mirrored).deletes()).isEqualTo(DeleteMode.HARD);
            mirrored.execute("update t set kind = 'c' where id = 1");
            mirrored.prove();
            Path index = mirrored.file().resolveSibling(".tidemark").resolve(Path.of("index", "public", "t"));
            assertThat(index).as("the worker has it open").isDirectory();
            later.drop(T, MirrorFate.DELETED);
            assertThat(mirrored.pipeline().lake().find(T)).isEmpty();
            await().atMost(Duration.ofMinutes(1)).until(() -> !Files.exists(index));
        }
    }

    private static void assertRefused(ThrowingCallable call, String reason) {
        assertThatThrownBy(call)
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.INVALID_ARGUMENT, TidemarkException::code)
                .extracting(TidemarkException::reason)
                .asString()
                .contains(reason);
    }

    private static LakeTableSpec spec(MirroredDatabase mirrored) {
        try (LakeTable mirror = mirrored.pipeline().lake().find(T).orElseThrow()) {
            return mirror.spec();
        }
    }

    private MirroredDatabase open(String database, String lake, String rules) throws Exception {
        String section = lake.replace(", ", "\n  ");
        return new MirroredDatabase(server, database, folder, """
                  %s
                slices: {interval: 1s}
                tables: [%s]
                """.formatted(section, rules));
    }
}
