package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.report.RoleReport;
import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.LogSource;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The slot is gone or invalid: mirrors are kept and mended where they can be. */
class LostSlotIT {
    private static final String SLOTS =
            "select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database()";

    private static EmbeddedPostgresServer server;

    @TempDir
    Path folder;

    @BeforeAll
    static void startServer() {
        server = EmbeddedPostgresServer.start(Map.of("max_slot_wal_keep_size", "1MB"));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hard", "soft"})
    void mirrorsWithAKeyAreComparedAndMendedUnderWritesAndOthersLoadedAgain(String deletes) throws Exception {
        String database = server.createDatabase();
        String rules = "tables: [{include: public.*, delete: " + deletes + "}]\nslices: {interval: 1s}\n";
        try (MirroredDatabase mirrored = new MirroredDatabase(server, database, folder, rules)) {
            mirrored.execute(
                    "create table keyed (id int primary key, v text, doc text)",
                    "create table pairs (a int, b text, n numeric, primary key (a, b))",
                    "create table keyless (v text)",
                    "create table altered (id int primary key)",
                    "create table untouched (id int primary key, v text)",
                    "insert into keyed select i, 'v' || i, repeat(md5(i::text), 100) from generate_series(1, 20000) i",
                    "insert into pairs select i, 'b' || i, i / 3.0 from generate_series(1, 1000) i",
                    "insert into keyless select 'x' from generate_series(1, 10)",
                    "insert into altered values (1)",
                    "insert into untouched select i, 'v' from generate_series(1, 1000) i");
            mirrored.start();
            mirrored.awaitLive("keyed", "pairs", "keyless", "altered", "untouched");
            mirrored.execute("insert into keyed values (-1, 'captured', null)");
            mirrored.prove();
            List<String> before = loads(mirrored, "keyed", "pairs", "untouched");
            String keyless = load(mirrored, "keyless");
            mirrored.stop();
            mirrored.execute(
                    SLOTS,
                    "insert into keyed values (-2, 'missed', null)",
                    "update keyed set v = 'missed' where id % 100 = 0",
                    "delete from keyed where id % 1000 = 1",
                    "update pairs set b = 'moved' where a = 7",
                    "insert into keyless values ('missed')",
                    "alter table altered add column v text default 'added'");
            mirrored.start();
            awaitLost(mirrored);
            AtomicBoolean stop = new AtomicBoolean();
            Thread writer = new Thread(() -> write(database, stop), "writer");
            writer.start();
            try {
                compareAll(mirrored);
                mirrored.awaitLive("keyed", "pairs", "keyless", "altered", "untouched");
                mirrored.prove();
            } finally {
                stop.set(true);
                writer.join();
            }
            mirrored.prove();
            assertThat(loads(mirrored, "keyed", "pairs", "untouched"))
                    .as("mirrors that were kept")
                    .isEqualTo(before);
            assertThat(load(mirrored, "keyless")).as("loaded again").isNotEqualTo(keyless);
            assertThat(mirrored.query("select count(*) from keyed where v = 'missed' and id not between 5000 and 7999"
                            + (deletes.equals("soft") ? " and _tidemark_deleted_at is null" : "")))
                    .containsExactly(List.of(171L));
        }
    }

    @Test
    void aSlotThatTheServerGaveUpIsToldAndMadeAnew() throws Exception {
        try (MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, "")) {
            mirrored.execute("create table t (id int primary key, v text)", "insert into t values (1, 'a'), (2, 'b')");
            mirrored.start();
            mirrored.awaitLive("t");
            List<String> before = loads(mirrored, "t");
            mirrored.stop();
            mirrored.execute("update t set v = 'missed' where id = 1", "delete from t where id = 2");
            await().atMost(MirroredDatabase.PATIENCE).until(() -> {
                mirrored.execute("select pg_logical_emit_message(false, 'test', repeat('x', 20000000))", "checkpoint");
                return isLost(mirrored);
            });
            mirrored.start();
            awaitLost(mirrored);
            assertThat(mirrored.query("select v from t order by id")).containsExactly(List.of("a"), List.of("b"));
            compareAll(mirrored);
            mirrored.awaitLive("t");
            mirrored.prove();
            assertThat(mirrored.query("select v from t")).containsExactly(List.of("missed"));
            assertThat(loads(mirrored, "t")).isEqualTo(before);
        }
    }

    private static void compareAll(MirroredDatabase mirrored) {
        TableCommands commands = new TableCommands(mirrored.pipeline());
        commands.restartCapture();
        mirrored.pipeline().registry().list().stream().map(TableRecord::id).forEach(commands::compare);
    }

    private static void awaitLost(MirroredDatabase mirrored) {
        await().atMost(MirroredDatabase.PATIENCE)
                .untilAsserted(() -> assertThat(mirrored.status().roleErrors())
                        .filteredOn(report -> report.code().equals(ErrorCode.SOURCE_SLOT_LOST.name()))
                        .singleElement()
                        .extracting(RoleReport::remedy)
                        .asString()
                        .contains("tidemark resync --compare --all"));
    }

    private static List<String> loads(MirroredDatabase mirrored, String... tables) {
        return List.of(tables).stream().map(table -> load(mirrored, table)).toList();
    }

    /** The load that made the mirror, as the mirror itself says. */
    private static String load(MirroredDatabase mirrored, String table) {
        try (LakeTable found =
                mirrored.pipeline().lake().find(new TableId("public", table)).orElseThrow()) {
            return found.progress().loadId();
        }
    }

    private static void write(String database, AtomicBoolean stop) {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement()) {
            for (int n = 0; !stop.get(); n++) {
                statement.execute("insert into keyed values (" + (100_000 + n) + ", 'new', null)");
                // The long value is not logged: it is the mirror's own that stays.
                statement.execute("update keyed set v = 'touched' where id = " + (2 + n % 50));
                statement.execute("delete from keyed where id = " + (5_000 + n % 3_000));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isLost(MirroredDatabase mirrored) {
        return !((LogSource) mirrored.pipeline().source()).status().slotExists();
    }
}
