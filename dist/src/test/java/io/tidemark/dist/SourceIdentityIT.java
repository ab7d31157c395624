package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.report.RoleReport;
import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The address of a pipeline's source leads to another database, or to a standby that was promoted. */
class SourceIdentityIT {
    private static final TableId T = new TableId("public", "t");

    private EmbeddedPostgresServer primary;

    @TempDir
    Path folder;

    @BeforeEach
    void startServer() {
        primary = EmbeddedPostgresServer.start();
    }

    @AfterEach
    void stopServer() {
        primary.close();
    }

    @Test
    void anotherDatabaseWithTheSameNamesIsNeverReadAndTakenOnlyWhenToldTo() throws Exception {
        try (EmbeddedPostgresServer other = EmbeddedPostgresServer.start()) {
            String[] bank = {"create table t (id int primary key, v text)", "insert into t values (1, 'first')"};
            primary.execute("postgres", "create database bank");
            other.execute("postgres", "create database bank");
            try (MirroredDatabase mirrored = new MirroredDatabase(primary, "bank", folder, "")) {
                // So that the other server's log is shorter.
                mirrored.execute("select pg_switch_wal()", "create role nobody", "select pg_switch_wal()");
                mirrored.execute(bank);
                mirrored.start();
                mirrored.awaitLive("t");
                mirrored.execute("insert into t values (2, 'first')");
                mirrored.prove();
            }
            other.execute("bank", bank);
            other.execute(
                    "bank",
                    "create publication tidemark_bank for table t",
                    "create publication tidemark_bank_inserts",
                    "select pg_create_logical_replication_slot('tidemark_bank', 'pgoutput')",
                    "insert into t values (77, 'other')");
            try (MirroredDatabase mirrored = new MirroredDatabase(other, "bank", folder, "")) {
                long sealed = newestSlice(mirrored);
                mirrored.start();
                awaitRoleError(mirrored, ErrorCode.SOURCE_REPLACED);
                assertThatThrownBy(() -> mirrored.pipeline().openCut(1))
                        .asInstanceOf(type(TidemarkException.class))
                        .returns(ErrorCode.SOURCE_REPLACED, TidemarkException::code);
                assertThatThrownBy(mirrored::verify)
                        .asInstanceOf(type(TidemarkException.class))
                        .returns(ErrorCode.SOURCE_REPLACED, TidemarkException::code)
                        .satisfies(error -> assertThat(error.remedy()).contains("resync --all"));
                assertThat(newestSlice(mirrored)).isEqualTo(sealed);
                assertThat(mirrored.query("select id from t order by id")).containsExactly(List.of(1), List.of(2));

                resyncAll(mirrored);
                awaitRoleError(mirrored, ErrorCode.SOURCE_BEHIND);
                for (int i = 0; i < 4; i++) {
                    other.execute(
                            "bank", "insert into t values (" + (100 + i) + ", 'later')", "select pg_switch_wal()");
                }
                mirrored.awaitLive("t");
                mirrored.prove();
                other.execute("bank", "update t set v = 'changed' where id = 77");
                mirrored.prove();
                assertThat(mirrored.query("select count(*) from t")).containsExactly(List.of(6L));
            }
        }
    }

    @Test
    void captureGoesOnWithAPromotedStandbyThatHasTheSlotAndAllThatWasSealed() throws Exception {
        primary.execute("postgres", "create database bank");
        try (EmbeddedPostgresServer standby = primary.startStandby()) {
            TableRecord before;
            try (MirroredDatabase mirrored = new MirroredDatabase(primary, "bank", folder, "")) {
                mirrored.execute("create table t (id int primary key, v text)", "insert into t values (1, 'a')");
                mirrored.start();
                mirrored.awaitLive("t");
                awaitSlot(mirrored, standby);
                mirrored.prove();
                before = mirrored.pipeline().registry().load(T);
            }
            // Written while nobody captures, and known to the standby.
            primary.execute("bank", "update t set v = 'last words' where id = 1", "insert into t values (-1, 'b')");
            primary.awaitReplayedBy(standby);
            primary.kill();
            standby.promote();
            standby.execute("bank", "delete from t where id = 2", "insert into t values (-2, 'on the new primary')");
            try (MirroredDatabase mirrored = new MirroredDatabase(standby, "bank", folder, "")) {
                mirrored.start();
                mirrored.prove();
                standby.execute("bank", "insert into t values (-3, 'and on')");
                mirrored.prove();
                assertThat(mirrored.query("select v from t where id < 2 order by id"))
                        .containsExactly(
                                List.of("and on"), List.of("on the new primary"), List.of("b"), List.of("last words"));
                TableRecord after = mirrored.pipeline().registry().load(T);
                assertThat(after.load()).as("loaded once").isEqualTo(before.load());
            }
            primary.restart();
        }
    }

    @Test
    void aPromotedStandbyThatLacksWhatWasSealedIsExplainedAndComparedWhenToldTo() throws Exception {
        primary.execute("postgres", "create database bank");
        try (EmbeddedPostgresServer standby = primary.startStandby()) {
            try (MirroredDatabase mirrored = new MirroredDatabase(primary, "bank", folder, "")) {
                mirrored.execute("create table t (id int primary key, v text)", "insert into t values (1, 'a')");
                mirrored.start();
                mirrored.awaitLive("t");
                awaitSlot(mirrored, standby);
                primary.awaitReplayedBy(standby);
                standby.stop();
                mirrored.execute("insert into t values (-1, 'never replicated')", "update t set v = 'x' where id = 1");
                mirrored.prove();
            }
            primary.kill();
            standby.restart();
            standby.promote();
            try (MirroredDatabase mirrored = new MirroredDatabase(standby, "bank", folder, "")) {
                standby.execute("bank", "insert into t values (-2, 'b')");
                long sealed = newestSlice(mirrored);
                mirrored.start();
                awaitRoleError(mirrored, ErrorCode.SOURCE_BEHIND);
                assertThat(role(mirrored).remedy()).contains("tidemark resync --compare --all");
                assertThatThrownBy(() -> mirrored.pipeline().openCut(1))
                        .asInstanceOf(type(TidemarkException.class))
                        .returns(ErrorCode.SOURCE_PROMOTED, TidemarkException::code);
                assertThat(newestSlice(mirrored)).isEqualTo(sealed);
                assertThat(mirrored.query("select v from t where id = -1"))
                        .containsExactly(List.of("never replicated"));

                TableCommands commands = new TableCommands(mirrored.pipeline());
                commands.restartCapture();
                commands.compare(T);
                standby.execute("bank", "select pg_switch_wal()", "insert into t values (-3, 'c')");
                mirrored.awaitLive("t");
                mirrored.prove();
                standby.execute("bank", "insert into t values (-4, 'd')");
                mirrored.prove();
                assertThat(mirrored.query("select v from t where id < 2 order by id"))
                        .containsExactly(List.of("d"), List.of("c"), List.of("b"), List.of("a"));
            }
            primary.restart();
        }
    }

    /** Waits until the standby has the slot, which it makes good only when the primary's is not older than what the standby has of the log. */
    private static void awaitSlot(MirroredDatabase mirrored, EmbeddedPostgresServer standby) {
        standby.execute("postgres", "alter system set sync_replication_slots = on", "select pg_reload_conf()");
        await().atMost(MirroredDatabase.PATIENCE).until(() -> {
            mirrored.execute(
                    "insert into t select coalesce(max(id), 0) + 1, 'more' from t", "select pg_log_standby_snapshot()");
            return hasRow(
                    standby,
                    "select from pg_replication_slots where slot_name = 'tidemark_bank' and synced and not temporary");
        });
    }

    private static void resyncAll(MirroredDatabase mirrored) {
        TableCommands commands = new TableCommands(mirrored.pipeline());
        commands.restartCapture();
        commands.resync(T);
        assertThat(mirrored.pipeline().registry().load(T).state()).isEqualTo(TableState.PENDING);
    }

    private static long newestSlice(MirroredDatabase mirrored) {
        return mirrored.pipeline().sliceLog().newest().orElseThrow().sequence();
    }

    private static void awaitRoleError(MirroredDatabase mirrored, ErrorCode code) {
        await().atMost(MirroredDatabase.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(mirrored.status().roleErrors())
                        .extracting(RoleReport::role, RoleReport::code)
                        .contains(org.assertj.core.api.Assertions.tuple("capture", code.name())));
    }

    private static RoleReport role(MirroredDatabase mirrored) {
        return mirrored.status().roleErrors().stream()
                .filter(report -> Objects.equals(report.role(), "capture"))
                .findFirst()
                .orElseThrow();
    }

    private static boolean hasRow(EmbeddedPostgresServer server, String sql) throws Exception {
        try (var connection = server.connect("postgres");
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            return row.next();
        }
    }
}
