package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.compare.KeyDifference;
import io.tidemark.engine.status.StatusReader;
import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.engine.verify.VerifyReport;
import io.tidemark.engine.verify.VerifyRequest;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirrorIT {
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
    void theKeyIndexOfALargeTableIsThereBeforeItIsLive() throws Exception {
        String name = server.createDatabase();
        try (MirroredDatabase mirrored = new MirroredDatabase(server, name, folder, "limits: {chunk-size: 1MiB}")) {
            mirrored.execute(
                    "create table large (id int primary key)",
                    "create table small (id int primary key)",
                    "insert into large select generate_series(1, 100000)",
                    "insert into small select generate_series(1, 1000)");
            mirrored.start();
            mirrored.awaitLive("large", "small");
            try (Stream<Path> files = Files.walk(folder)) {
                List<Path> indexes = files.filter(file -> file.endsWith(Path.of("large", "CURRENT"))
                                || file.endsWith(Path.of("small", "CURRENT")))
                        .toList();
                assertThat(indexes).hasSize(1).allMatch(file -> file.endsWith(Path.of("public", "large", "CURRENT")));
            }
            mirrored.execute("update large set id = -id where id % 1000 = 0", "delete from small where id = 7");
            mirrored.prove();
        }
    }

    @Test
    void mirrorsExistingRowsAndLiveChangesAndProvesThemUnderWrites() throws Exception {
        String name = server.createDatabase();
        try (MirroredDatabase mirrored = new MirroredDatabase(server, name, folder, "")) {
            mirrored.execute(
                    "create table items (id bigint primary key, label text, amount numeric(12,2), at timestamptz, doc text)",
                    "create table moves (code text, seq int, done boolean, primary key (code, seq))",
                    "create table audit (who text, what text)",
                    "insert into items select i, 'label ' || i, i / 7.0, now(), repeat(md5(i::text), 200)"
                            + " from generate_series(1, 20000) i",
                    "insert into moves select 'c' || (i % 50), i, i % 2 = 0 from generate_series(1, 5000) i");
            mirrored.start();
            AtomicBoolean stop = new AtomicBoolean();
            List<Thread> writers = startWriters(name, stop);
            try {
                mirrored.awaitLive("items", "moves", "audit");
                mirrored.prove();
                mirrored.prove();
            } finally {
                stop.set(true);
                for (Thread writer : writers) {
                    writer.join();
                }
            }
            List<TableProof> proofs = mirrored.prove();
            assertThat(proofs).hasSize(3);
            assertThat(mirrored.query("select count(*) from items").get(0).get(0))
                    .isEqualTo(proofs.stream()
                            .filter(proof -> proof.table().name().equals("items"))
                            .findFirst()
                            .orElseThrow()
                            .certificate()
                            .orElseThrow()
                            .rows());
        }
    }

    @Test
    void goesOnWhereItStoodAfterRestart() throws Exception {
        String name = server.createDatabase();
        try (MirroredDatabase mirrored = new MirroredDatabase(server, name, folder, "")) {
            mirrored.execute("create table t (id int primary key, v text)", "insert into t values (1, 'a')");
            mirrored.start();
            mirrored.awaitLive("t");
            mirrored.stop();
            mirrored.execute("insert into t values (2, 'b')", "update t set v = 'c' where id = 1");
            mirrored.start();
            mirrored.prove();
            assertThat(mirrored.query("select id, v from t order by id"))
                    .containsExactly(List.of(1, "c"), List.of(2, "b"));
            assertThat(
                            mirrored.query(
                                    "select _tidemark_op, id from history.public.t order by _tidemark_position, _tidemark_sequence"))
                    .containsExactly(List.of("I", 2), List.of("U", 1));
        }
    }

    @Test
    void lostConnectionsInTheMiddleOfALoadNeitherLoseNorRepeatRows() throws Exception {
        String name = server.createDatabase();
        try (MirroredDatabase mirrored = new MirroredDatabase(
                server, name, folder, "limits: {chunk-size: 1MiB, snapshot-readers: 1}\nslices: {interval: 1s}\n")) {
            mirrored.execute(
                    "create table items (id bigint primary key, label text, amount numeric, at timestamptz, doc text)",
                    "create table moves (code text, seq int, done boolean, primary key (code, seq))",
                    "create table audit (who text, what text)",
                    "insert into items select i, 'label', i, now(), repeat('x', 1000) from generate_series(1, 20000) i",
                    "insert into audit select 'old', repeat('x', 1000) from generate_series(1, 20000) i");
            AtomicBoolean stop = new AtomicBoolean();
            List<Thread> writers = startWriters(name, stop);
            try {
                mirrored.start();
                for (String table : List.of("audit", "items")) {
                    endReadersInTheMiddleOf(mirrored, new TableId("public", table));
                }
                mirrored.awaitLive("items", "moves", "audit");
                mirrored.prove();
            } finally {
                stop.set(true);
                for (Thread writer : writers) {
                    writer.join();
                }
            }
            mirrored.prove();
        }
    }

    private void endReadersInTheMiddleOf(MirroredDatabase mirrored, TableId table) {
        await().atMost(MirroredDatabase.PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> new StatusReader(mirrored.pipeline())
                        .read(Set.of()).tables().stream()
                                .filter(found -> found.table().equals(table))
                                .flatMap(found -> found.load().stream())
                                .anyMatch(load -> load.chunksDone() > 0));
        mirrored.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'tidemark/%'"
                        + " and datname = current_database() and xact_start is not null and backend_type = 'client backend'");
        assertThat(mirrored.pipeline().registry().find(table).orElseThrow().state())
                .isEqualTo(TableState.LOADING);
    }

    /** The values that a moved row keeps are not those of the row that took its place before the load went on. */
    @Test
    void aRowThatMovesToAnotherKeyBetweenTheCutsOfALoadKeepsItsValues() throws Exception {
        String name = server.createDatabase();
        try (MirroredDatabase mirrored = new MirroredDatabase(
                server, name, folder, "limits: {chunk-size: 1MiB, snapshot-readers: 1}\nslices: {interval: 1s}\n")) {
            mirrored.execute(
                    "create table t (id int primary key, n int, note text)",
                    "alter table t alter note set storage external",
                    "insert into t select i, i, repeat(md5(i::text), 100) from generate_series(1, 20000) i");
            mirrored.start();
            endReadersInTheMiddleOf(mirrored, new TableId("public", "t"));
            mirrored.stop();
            mirrored.execute(
                    "delete from t where id = 19000",
                    "update t set id = 19000 where id = 19500",
                    "insert into t values (19500, 0, repeat('another', 1000))");
            mirrored.start();
            mirrored.awaitLive("t");
            mirrored.prove();
        }
    }

    @Test
    void verifyLeavesRolesOfItsOwnProcessAlone() throws Exception {
        try (MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, "")) {
            mirrored.execute("create table t (id int primary key, v text)");
            mirrored.start();
            mirrored.awaitLive("t");
            mirrored.stop();
            // Roles that have just been started, and none of which has its lease yet.
            mirrored.pipeline().signals().start();
            VerifyRequest soon = new VerifyRequest(
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    VerifyRequest.Repair.REPORT,
                    1,
                    Duration.ofMillis(500));
            assertThatThrownBy(() -> mirrored.verify(soon))
                    .asInstanceOf(type(TidemarkException.class))
                    .returns(ErrorCode.TIMEOUT, TidemarkException::code);
            assertThat(mirrored.pipeline().signals().stopping()).isFalse();
            assertThatThrownBy(mirrored::start).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void verifyRunsThePipelineWhenNobodyElseDoes() throws Exception {
        String name = server.createDatabase();
        try (MirroredDatabase mirrored = new MirroredDatabase(server, name, folder, "")) {
            mirrored.execute("create table t (id int primary key, v text)", "insert into t values (1, 'a')");
            mirrored.start();
            mirrored.awaitLive("t");
            mirrored.stop();
            mirrored.execute("insert into t values (2, 'b')");
            mirrored.prove();
            mirrored.execute("insert into t values (3, 'c')");
            mirrored.prove();
        }
    }

    @Test
    void namesKeysThatWereChangedBehindItsBackAndHealsThem() throws Exception {
        String name = server.createDatabase();
        try (MirroredDatabase mirrored = new MirroredDatabase(server, name, folder, "")) {
            mirrored.execute(
                    "create table t (id int primary key, v text)",
                    "insert into t select i, 'v' || i from generate_series(1, 1000) i");
            mirrored.start();
            mirrored.awaitLive("t");
            mirrored.prove();
            LakeTampering.changeRows(mirrored, new TableId("public", "t"), "id", List.of(7, 500), "v", "forged");
            LakeTampering.deleteRows(mirrored, new TableId("public", "t"), List.of(9));
            VerifyReport report = mirrored.verify();
            assertThat(report.isDifferent()).isTrue();
            assertThat(report.proofs().get(0).differences())
                    .containsExactlyInAnyOrder(
                            new KeyDifference(KeyDifference.Kind.DIFFERENT, List.of("7"), List.of("v"), 1),
                            new KeyDifference(KeyDifference.Kind.DIFFERENT, List.of("500"), List.of("v"), 1),
                            new KeyDifference(KeyDifference.Kind.MISSING, List.of("9"), List.of(), 1));
            VerifyRequest heal = new VerifyRequest(
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    VerifyRequest.Repair.HEAL,
                    1_000,
                    Duration.ofMinutes(1));
            TableProof healed = mirrored.verify(heal).proofs().get(0);
            assertThat(healed.outcome()).isEqualTo(TableProof.Outcome.EQUAL);
            assertThat(healed.repaired()).isEqualTo(3);
        }
    }

    @Test
    void failedTableDoesNotStopTheOthersAndResyncHealsIt() throws Exception {
        String name = server.createDatabase();
        String stop = "tables: [{include: '*.*', schema-changes: stop}]\n";
        try (MirroredDatabase mirrored = new MirroredDatabase(server, name, folder, stop)) {
            mirrored.execute(
                    "create table good (id int primary key, v text)",
                    "create table changing (id int primary key, v text)",
                    "insert into changing values (1, 'a')");
            mirrored.start();
            mirrored.awaitLive("good", "changing");
            mirrored.execute(
                    "alter table changing add column extra int default 5", "insert into changing values (2, 'b', 6)");
            TableId changing = new TableId("public", "changing");
            mirrored.awaitState(changing, TableState.FAILED);
            assertThat(mirrored.pipeline().registry().load(changing).failure().code())
                    .isEqualTo("SOURCE_SCHEMA_CHANGED");
            mirrored.execute("insert into good values (1, 'x')");
            await().atMost(MirroredDatabase.PATIENCE)
                    .until(() -> mirrored.query("select v from good").equals(List.of(List.of("x"))));
            new TableCommands(mirrored.pipeline()).resync(changing);
            mirrored.awaitLive("changing");
            mirrored.prove();
            assertThat(mirrored.query("select id, v, extra from changing order by id"))
                    .containsExactly(List.of(1, "a", 5), List.of(2, "b", 6));
        }
    }

    @Test
    void aDeleteOfARowThatTheMirrorLacksFailsATableWithoutAKeyUntilItIsLoadedAgain() throws Exception {
        String name = server.createDatabase();
        try (MirroredDatabase mirrored = new MirroredDatabase(server, name, folder, "slices: {interval: 1s}\n")) {
            mirrored.execute(
                    "create table t (id int, v text)",
                    "alter table t replica identity full",
                    "insert into t select i % 50, 'v' from generate_series(1, 100) i",
                    "create table good (id int primary key)");
            mirrored.start();
            mirrored.awaitLive("t", "good");
            mirrored.execute("delete from t where id = 3", "update t set v = 'w' where id = 4");
            mirrored.prove();
            TableId id = new TableId("public", "t");
            LakeTampering.deleteRows(mirrored, id, List.of(7));
            mirrored.execute("delete from t where id = 7", "insert into good values (1)");
            mirrored.awaitState(id, TableState.FAILED);
            TableRecord.Failure failure =
                    mirrored.pipeline().registry().load(id).failure();
            assertThat(failure.code()).isEqualTo("LAKE_ROW_MISSING");
            assertThat(failure.reason()).contains("missing=2");
            assertThat(failure.remedy()).contains("tidemark resync");
            await().atMost(MirroredDatabase.PATIENCE)
                    .until(() -> mirrored.query("select id from good").equals(List.of(List.of(1))));
            new TableCommands(mirrored.pipeline()).resync(id);
            mirrored.awaitLive("t");
            mirrored.prove();
        }
    }

    @Test
    void droppedSourceTableFailsAloneAndNewTablesAreFound() throws Exception {
        String name = server.createDatabase();
        try (MirroredDatabase mirrored = new MirroredDatabase(server, name, folder, "")) {
            mirrored.execute("create table stays (id int primary key)", "create table goes (id int primary key)");
            mirrored.start();
            mirrored.awaitLive("stays", "goes");
            mirrored.execute(
                    "drop table goes", "create table comes (id int primary key)", "insert into comes values (1)");
            mirrored.awaitState(new TableId("public", "goes"), TableState.FAILED);
            assertThat(mirrored.pipeline()
                            .registry()
                            .load(new TableId("public", "goes"))
                            .failure()
                            .code())
                    .isEqualTo("SOURCE_TABLE_MISSING");
            mirrored.awaitLive("stays", "comes");
        }
    }

    @Test
    void aLostSlotEndsTheProofAtOnceAndAResyncOfEverythingHealsIt() throws Exception {
        String name = server.createDatabase();
        try (MirroredDatabase mirrored = new MirroredDatabase(server, name, folder, "")) {
            mirrored.execute("create table t (id int primary key)", "insert into t values (1)");
            mirrored.start();
            mirrored.awaitLive("t");
            mirrored.stop();
            mirrored.execute(
                    "select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database()",
                    "insert into t values (2)");
            assertThatThrownBy(mirrored::verify)
                    .isInstanceOf(TidemarkException.class)
                    .hasMessageStartingWith("Cannot verify: capture does not go on: ")
                    .extracting(error -> ((TidemarkException) error).remedy())
                    .asString()
                    .contains("tidemark resync --all");
            TableCommands commands = new TableCommands(mirrored.pipeline());
            commands.restartCapture();
            commands.resync(new TableId("public", "t"));
            mirrored.start();
            mirrored.awaitLive("t");
            mirrored.prove();
            assertThat(mirrored.query("select count(*) from t")).containsExactly(List.of(2L));
        }
    }

    @Test
    void softDeletesKeepTheRowAndStillProveEqual() throws Exception {
        String name = server.createDatabase();
        String rules = """
                tables:
                  - include: public.soft
                    delete: soft
                    partition: [day(at)]
                """;
        try (MirroredDatabase mirrored = new MirroredDatabase(server, name, folder, rules)) {
            mirrored.execute(
                    "create table soft (id int primary key, at timestamptz, v text)",
                    "insert into soft select i, timestamptz '2026-01-01' + i * interval '1 hour', 'x'"
                            + " from generate_series(1, 100) i");
            mirrored.start();
            mirrored.awaitLive("soft");
            mirrored.execute("delete from soft where id <= 10", "insert into soft values (1, now(), 'again')");
            mirrored.prove();
            assertThat(mirrored.query("select count(*) from soft where _tidemark_deleted_at is not null"))
                    .containsExactly(List.of(9L));
        }
    }

    private List<Thread> startWriters(String database, AtomicBoolean stop) {
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int writer = i;
            Thread thread = new Thread(() -> write(database, writer, stop), "writer-" + i);
            thread.start();
            writers.add(thread);
        }
        return writers;
    }

    private void write(String database, int writer, AtomicBoolean stop) {
        Random random = new Random(writer);
        try (Connection connection = server.connect(database)) {
            connection.setAutoCommit(false);
            for (long n = 0; !stop.get(); n++) {
                long id = 100_000L * (writer + 1) + n;
                run(connection, "insert into items values (?, 'new', 1.25, now(), null)", id);
                run(connection, "update items set label = 'touched' where id = ?", (long) random.nextInt(20_000));
                if (n % 3 == 0) {
                    run(connection, "delete from items where id = ?", (long) random.nextInt(20_000));
                }
                if (n % 5 == 0) {
                    run(connection, "update moves set seq = seq + 1000000 where seq = ?", (long) random.nextInt(5_000));
                }
                run(connection, "insert into audit values ('writer', ?::text)", n);
                if (random.nextInt(10) == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void run(Connection connection, String sql, long value) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, value);
            statement.execute();
        }
    }
}
