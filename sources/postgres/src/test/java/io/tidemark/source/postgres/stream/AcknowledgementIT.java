package io.tidemark.source.postgres.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Where streams go on, and what the server is told. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AcknowledgementIT {
    private EmbeddedPostgresServer server;
    private StreamProbe probe;

    @BeforeAll
    void startServer() {
        server = EmbeddedPostgresServer.start(Map.of("wal_sender_timeout", "2s", "synchronous_commit", "on"));
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @BeforeEach
    void connect(@TempDir Path scratch) throws SQLException {
        probe = new StreamProbe(server, scratch);
        probe.execute("create table t (id int primary key)");
    }

    @AfterEach
    void disconnect() throws SQLException {
        probe.close();
    }

    @Test
    void goesOnRightAfterTheToken() throws SQLException {
        PostgresChangeStream first = probe.open();
        probe.execute("insert into t values (1)");
        probe.take();
        probe.execute("insert into t values (2)");
        probe.take();
        String token = probe.sink.commits.get(0).resumeToken();
        probe.execute("insert into t values (3)");
        probe.take();
        first.close();
        // The server was told nothing, so it would send all of it; the token decides.
        probe.open(Optional.of(token));
        assertThat(probe.take())
                .containsExactly(
                        "marker end of take 2",
                        "commit",
                        "I public.t(id=3)",
                        "commit",
                        "marker end of take 3",
                        "commit");
    }

    @Test
    void tellsTheServerOnlyWhatWasAcknowledged() throws SQLException {
        PostgresChangeStream stream = probe.open();
        String atStart = confirmed();
        probe.execute("insert into t values (1)");
        probe.take();
        String token = stream.deliveredToken();
        probe.execute("insert into t values (2)");
        probe.take();
        Awaitility.await()
                .pollDelay(Duration.ofMillis(1500))
                .until(() -> confirmed().equals(atStart));
        stream.acknowledge(token);
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> confirmed().equals(token));
        stream.acknowledge("0/1");
        assertThat(confirmed()).isEqualTo(token);
    }

    @Test
    void whatIsDeliveredBeforeAnythingArrivesIsWhereTheSlotBegins() throws SQLException {
        String token = probe.open().deliveredToken();
        assertThat(token).isEqualTo(confirmed()).isNotEqualTo("0/0");
    }

    @Test
    void refusesToAcknowledgeWhatWasNotDelivered() throws SQLException {
        PostgresChangeStream stream = probe.open();
        assertThatThrownBy(() -> stream.acknowledge("FFFFFF/0"))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL));
    }

    @Test
    void movesOnWhileOnlyOtherThingsHappen() throws SQLException {
        PostgresChangeStream stream = probe.open();
        probe.execute(
                "create unlogged table elsewhere (a int)",
                "drop publication probe",
                "create publication probe for table t");
        String logEnd = probe.value("select pg_current_wal_flush_lsn()");
        pollUntilPast(stream, logEnd);
        assertThat(probe.sink.rows).isEmpty();
        assertThat(stream.deliveredToken()).isNotEqualTo("0/0");
    }

    @Test
    void knowsWhenItHasCaughtUp() throws SQLException {
        PostgresChangeStream stream = probe.open();
        assertThat(stream.caughtUpAt()).isEqualTo(Instant.EPOCH);
        for (int round = 0; round < 3; round++) {
            probe.execute("insert into t values (" + round + ")");
            Instant now = Instant.now();
            Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
                stream.poll(probe.sink, Duration.ofMillis(20));
                return stream.caughtUpAt().isAfter(now);
            });
            assertThat(probe.sink.lines).contains("I public.t(id=" + round + ")");
        }
        assertThat(stream.caughtUpAt()).isBefore(Instant.now().plusMillis(1));
    }

    @Test
    void survivesACallerThatIsBusyForLong() throws SQLException {
        PostgresChangeStream stream = probe.open();
        probe.execute("insert into t values (1)");
        Instant until = Instant.now().plusSeconds(6);
        Awaitility.await()
                .timeout(Duration.ofSeconds(20))
                .until(() -> Instant.now().isAfter(until));
        probe.execute("insert into t values (2)");
        assertThat(probe.take()).containsExactly("I public.t(id=1)", "commit", "I public.t(id=2)", "commit");
        assertThat(stream.deliveredToken()).isNotEqualTo("0/0");
    }

    @Test
    void saysSoWhenTheServerIsGone(@TempDir Path scratch) throws Exception {
        EmbeddedPostgresServer own = EmbeddedPostgresServer.start();
        try (own) {
            try (StreamProbe doomed = new StreamProbe(own, scratch)) {
                PostgresChangeStream stream = doomed.open();
                own.kill();
                assertThatThrownBy(() -> {
                            for (int i = 0; i < 1000; i++) {
                                stream.poll(doomed.sink, Duration.ofMillis(10));
                            }
                        })
                        .isInstanceOfSatisfying(
                                TidemarkException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_CONNECTION_LOST));
            }
        }
    }

    @Test
    void resumesAfterTheServerCrashed(@TempDir Path scratch) throws Exception {
        try (EmbeddedPostgresServer own =
                EmbeddedPostgresServer.start(Map.of("fsync", "on", "synchronous_commit", "on"))) {
            String token;
            List<String> lines;
            StreamProbe crashed = new StreamProbe(own, scratch);
            crashed.execute("create table t (id int primary key)");
            PostgresChangeStream stream = crashed.open();
            crashed.execute("insert into t values (1)");
            lines = List.copyOf(crashed.take());
            assertThat(lines).containsExactly("I public.t(id=1)", "commit");
            token = stream.deliveredToken();
            crashed.execute("insert into t values (2)");
            own.kill();
            stream.close();
            own.restart();
            crashed.reconnect();
            crashed.open(Optional.of(token));
            crashed.execute("insert into t values (3)");
            assertThat(crashed.take())
                    .filteredOn(line -> line.startsWith("I"))
                    .containsExactly("I public.t(id=2)", "I public.t(id=3)");
            crashed.close();
        }
    }

    @Test
    void leavesLargeBatchesToTheSink() throws SQLException {
        PostgresChangeStream stream = probe.open();
        probe.execute("insert into t select generate_series(1, 20000)");
        CountingSink sink = new CountingSink(1000);
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
            stream.poll(sink, Duration.ofMillis(20));
            return sink.rows() == 20_000;
        });
        assertThat(sink.largestBatch()).isEqualTo(1000);
        assertThat(sink.sum()).isEqualTo(20_000L * 20_001 / 2);
        ChangeBatch last = sink.lastBatch();
        assertThat(last.sequence(last.size() - 1)).isEqualTo(19_999);
    }

    private void pollUntilPast(PostgresChangeStream stream, String logEnd) {
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
            stream.poll(probe.sink, Duration.ofMillis(20));
            return probe.value("select '" + stream.deliveredToken() + "'::pg_lsn >= '" + logEnd + "'")
                    .equals("t");
        });
    }

    private String confirmed() throws SQLException {
        return probe.value(
                "select confirmed_flush_lsn from pg_replication_slots where slot_name = '" + probe.slot() + "'");
    }
}
