package io.tidemark.source.postgres.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tidemark.source.postgres.TestSource;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TypeChoices;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Cuts of a standby. That they hold exactly what they say is shown by {@link ExactCutIT}. */
class ReplicaIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofSeconds(2);

    private static EmbeddedPostgresServer server;
    private static EmbeddedPostgresServer standby;

    private String database;

    @BeforeAll
    static void start() {
        server = EmbeddedPostgresServer.start();
        standby = server.startStandby();
    }

    @AfterAll
    static void stop() {
        standby.close();
        server.close();
    }

    @BeforeEach
    void createTable() throws SQLException {
        database = server.createDatabase();
        server.execute(
                database,
                "create table t (id int primary key)",
                "insert into t select * from generate_series(1, 1000)");
        server.awaitReplayedBy(standby);
    }

    @Test
    void rowsAreReadFromTheStandbyAndNotFromThePrimary() throws SQLException {
        try (LogSource source = open(standby);
                SnapshotCut cut = source.openCut(2, TIMEOUT)) {
            SourceTable t = TestSource.table(source, "public", "t");
            assertThat(TestSource.readAll(cut, t, 1 << 20, batch -> {})).isEqualTo(1000);
            String readers = "select count(*) from pg_stat_activity where application_name = 'tidemark/replica'";
            try (Connection primary = server.connect(database);
                    Connection replica = standby.connect(database)) {
                assertThat(TestSource.value(primary, readers)).isEqualTo("0");
                assertThat(TestSource.value(replica, readers)).isEqualTo("3");
                assertThat(TestSource.value(replica, "select count(*) from pg_replication_slots where temporary"))
                        .isEqualTo("0");
            }
        }
    }

    @Test
    void aCutIsNoOlderThanWhenItWasAskedFor() throws Exception {
        pause(standby);
        try (LogSource source = open(standby)) {
            server.execute(database, "insert into t values (1001)");
            assertError(source, SHORT, ErrorCode.TIMEOUT)
                    .hasMessageContaining("it did not come up to the primary within 2s (behind=");
            resume(standby);
            try (SnapshotCut cut = source.openCut(1, TIMEOUT)) {
                SourceTable t = TestSource.table(source, "public", "t");
                assertThat(TestSource.readAll(cut, t, 1 << 20, batch -> {})).isEqualTo(1001);
            }
        } finally {
            resume(standby);
        }
    }

    @Test
    void anotherServerIsRefused() {
        try (EmbeddedPostgresServer other = EmbeddedPostgresServer.start()) {
            other.execute("postgres", "create database " + database);
            try (LogSource source = open(other)) {
                assertError(source, TIMEOUT, ErrorCode.SOURCE_REPLACED)
                        .hasMessageContaining("it is no standby of the source, but another database");
                assertThat(finding(source))
                        .returns(Finding.Status.FAILED, Finding::status)
                        .satisfies(found -> assertThat(found.remedy()).contains("source.replica-url"));
            }
        }
    }

    @Test
    void aStandbyThatWasPromotedIsRefused() {
        try (EmbeddedPostgresServer promoted = server.startStandby();
                LogSource source = open(promoted)) {
            assertThat(finding(source)).returns(Finding.Status.OK, Finding::status);
            promoted.promote();
            assertError(source, TIMEOUT, ErrorCode.SOURCE_REPLACED).hasMessageContaining("it is no standby (any more)");
        }
    }

    @Test
    void thePrimaryItselfIsRefused() {
        try (LogSource source = open(server)) {
            assertError(source, TIMEOUT, ErrorCode.SOURCE_REPLACED).hasMessageContaining("it is no standby (any more)");
        }
    }

    @Test
    void aTransactionThatRunsOnThePrimaryIsNamed() throws SQLException {
        try (Connection writer = server.connect(database);
                Statement statement = writer.createStatement();
                LogSource source = open(standby)) {
            statement.execute("set application_name = 'long'");
            writer.setAutoCommit(false);
            statement.execute("insert into t values (-1)");
            assertError(source, SHORT, ErrorCode.SOURCE_SLOT_BLOCKED).hasMessageContaining("application=long");
            writer.commit();
            try (SnapshotCut cut = source.openCut(1, TIMEOUT)) {
                SourceTable t = TestSource.table(source, "public", "t");
                assertThat(TestSource.readAll(cut, t, 1 << 20, batch -> {})).isEqualTo(1001);
            }
        }
    }

    /** The background writer logs the running transactions every 15 seconds. */
    @Test
    void aRoleThatMayNotAskThePrimaryWaitsForIt() throws SQLException {
        String role = "reader_" + database;
        server.execute(database, "create role " + role + " login replication", "grant select on t to " + role);
        server.awaitReplayedBy(standby);
        try (LogSource source = open(standby, Map.of("user", role))) {
            assertThat(source.check(List.of(), Map.of()))
                    .anySatisfy(found -> assertThat(found.remedy())
                            .isEqualTo(
                                    "Run on the primary: GRANT EXECUTE ON FUNCTION pg_catalog.pg_log_standby_snapshot() TO \""
                                            + role + "\";"));
            try (SnapshotCut cut = source.openCut(1, TIMEOUT)) {
                SourceTable t = TestSource.table(source, "public", "t");
                assertThat(TestSource.readAll(cut, t, 1 << 20, batch -> {})).isEqualTo(1000);
            }
        }
    }

    /** The standby has to replay that rows are gone which the cut still sees: it ends the reading, and no row is silently missing. */
    @Test
    void rowsThatThePrimaryRemovesEndTheReading() throws SQLException {
        try (EmbeddedPostgresServer hasty = server.startStandby()) {
            hasty.execute(
                    "postgres",
                    "alter system set hot_standby_feedback = off",
                    "alter system set max_standby_streaming_delay = '100ms'",
                    "select pg_reload_conf()");
            try (LogSource source = open(hasty)) {
                assertThat(source.check(List.of(), Map.of()))
                        .anySatisfy(found -> assertThat(found.detail()).startsWith("hot_standby_feedback is off"));
                try (SnapshotCut cut = source.openCut(1, TIMEOUT)) {
                    SourceTable t = TestSource.table(source, "public", "t");
                    assertThat(TestSource.readAll(cut, t, 1 << 20, batch -> {})).isEqualTo(1000);
                    server.execute(database, "delete from t where id % 2 = 0");
                    // What the other standby told of its readers keeps the rows for some seconds.
                    await().atMost(TIMEOUT).until(() -> {
                        server.execute(database, "vacuum t");
                        server.awaitReplayedBy(hasty);
                        try {
                            assertThat(TestSource.readAll(cut, t, 1 << 20, batch -> {}))
                                    .isEqualTo(1000);
                            return false;
                        } catch (TidemarkException e) {
                            assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_CONNECTION_LOST);
                            return true;
                        }
                    });
                }
                try (SnapshotCut cut = source.openCut(1, TIMEOUT)) {
                    SourceTable t = TestSource.table(source, "public", "t");
                    assertThat(TestSource.readAll(cut, t, 1 << 20, batch -> {})).isEqualTo(500);
                }
            }
        }
    }

    private static void pause(EmbeddedPostgresServer replica) {
        replica.execute("postgres", "select pg_wal_replay_pause()");
    }

    private static void resume(EmbeddedPostgresServer replica) {
        replica.execute("postgres", "select pg_wal_replay_resume()");
    }

    private LogSource open(EmbeddedPostgresServer replica) {
        return open(replica, Map.of());
    }

    private LogSource open(EmbeddedPostgresServer replica, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("replica-url", "postgresql://localhost:" + replica.port() + "/" + database);
        return TestSource.open(server, database, "replica", settings, TypeChoices.NONE);
    }

    private static Finding finding(LogSource source) {
        return source.check(List.of(), Map.of()).stream()
                .filter(found -> found.subject().equals("replica"))
                .findFirst()
                .orElseThrow();
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertError(
            LogSource source, Duration timeout, ErrorCode code) {
        return assertThatThrownBy(() -> source.openCut(1, timeout).close())
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
