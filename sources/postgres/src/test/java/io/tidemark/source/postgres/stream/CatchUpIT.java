package io.tidemark.source.postgres.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
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

/** A backlog that is read by SQL, and where the sender takes over. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CatchUpIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration ONCE = Duration.ofDays(1);
    private static final CatchUp.Limits ALWAYS = new CatchUp.Limits(0, PATIENCE, ONCE);
    private static final CatchUp.Limits NEVER = new CatchUp.Limits(Long.MAX_VALUE, PATIENCE, ONCE);

    private EmbeddedPostgresServer server;
    private StreamProbe probe;

    @BeforeAll
    void startServer() {
        // Transactions of some thousand rows come in parts.
        server = EmbeddedPostgresServer.start(Map.of("logical_decoding_work_mem", "1MB"));
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @BeforeEach
    void connect(@TempDir Path scratch) throws SQLException {
        probe = new StreamProbe(server, scratch);
        probe.execute("create table t (id int primary key, note text)");
        probe.open().close();
    }

    @AfterEach
    void disconnect() throws SQLException {
        probe.close();
    }

    @Test
    void deliversWhatTheSenderDelivers() throws SQLException {
        probe.execute(
                "create table u (id int primary key, big text)",
                "alter table u alter big set storage external",
                "insert into t values (1, 'a'), (2, null)");
        probe.transaction(
                "update t set note = 'b' where id = 1",
                "savepoint s",
                "insert into t values (3, 'taken back')",
                "rollback to s",
                "delete from t where id = 2");
        // Longer than what is handed on at once.
        probe.execute("insert into u values (1, repeat('x', 700000))", "update u set id = 2");
        probe.execute("begin", "insert into t values (4, 'never')", "rollback");
        probe.execute(
                "alter table t add column more numeric",
                "insert into t values (5, 'c', 1.5)",
                "select pg_logical_emit_message(false, 'tidemark', 'between')",
                "select pg_logical_emit_message(false, 'others', 'theirs')",
                "insert into t select i, 'many', i from generate_series(10, 30000) i",
                "truncate u",
                "select pg_logical_emit_message(true, 'tidemark', 'last')");

        PostgresChangeStream bySql = probe.open(Optional.empty(), ALWAYS);
        assertThat(copies()).isEqualTo(1);
        List<String> lines = linesUntil(bySql, "marker last");
        String token = bySql.deliveredToken();
        List<RecordingSink.Row> rows = List.copyOf(probe.sink.rows);
        bySql.close();
        assertThat(lines).hasSizeGreaterThan(30_000).contains("I public.t(id=5, note='c', more='1.5')");

        probe.sink.lines.clear();
        probe.sink.rows.clear();
        PostgresChangeStream sent = probe.open(Optional.empty(), NEVER);
        assertThat(copies()).isZero();
        assertThat(linesUntil(sent, "marker last")).isEqualTo(lines);
        assertThat(sent.deliveredToken()).isEqualTo(token);
        assertThat(probe.sink.rows).hasSameSizeAs(rows);
        for (int i = 0; i < rows.size(); i += 97) {
            assertThat(probe.sink.rows.get(i))
                    .usingRecursiveComparison()
                    .comparingOnlyFields("position", "sequence", "commitMicros", "transaction")
                    .isEqualTo(rows.get(i));
        }
    }

    @Test
    void beginsBehindTheTokenAndLeavesTheRestToTheSender() throws SQLException {
        PostgresChangeStream first = probe.open(Optional.empty(), NEVER);
        probe.execute("insert into t values (1)");
        probe.take();
        String token = probe.sink.commits.get(0).resumeToken();
        probe.execute("insert into t values (2)", "insert into t values (3)");
        first.close();
        awaitNoReader();

        Instant begun = Instant.now();
        PostgresChangeStream second = probe.open(Optional.of(token), ALWAYS);
        assertThat(probe.take())
                .containsExactly(
                        "marker end of take 1",
                        "commit",
                        "I public.t(id=2, note=null)",
                        "commit",
                        "I public.t(id=3, note=null)",
                        "commit");
        Awaitility.await().atMost(PATIENCE).until(() -> {
            second.poll(probe.sink, Duration.ofMillis(10));
            second.acknowledge(second.deliveredToken());
            return isRead();
        });
        assertThat(copies()).isZero();
        assertThat(second.caughtUpAt()).isAfter(begun);
        probe.execute("insert into t values (4)");
        assertThat(probe.take()).containsExactly("I public.t(id=4, note=null)", "commit");
    }

    @Test
    void tellsTheServerWhatWasAcknowledgedAndNothingElse() throws SQLException {
        probe.execute("insert into t values (0)", "select pg_logical_emit_message(true, 'tidemark', 'first')");
        insertInThousands(60_000);
        PostgresChangeStream stream = probe.open(Optional.empty(), ALWAYS);
        linesUntil(stream, "marker first");
        String token = probe.sink.commits.get(0).resumeToken();
        assertThat(confirmed()).isNotEqualTo(token);
        stream.acknowledge(token);
        Awaitility.await().atMost(PATIENCE).until(() -> confirmed().equals(token));
        assertThat(isRead()).isFalse();
        assertThat(copies()).isEqualTo(1);
    }

    @Test
    void goesOnBehindTheTokenWhenTheConnectionIsCut() throws SQLException {
        int rows = 300_000;
        insertInThousands(rows);
        CountingSink sink = new CountingSink(1_000);
        PostgresChangeStream cut = probe.open(Optional.empty(), ALWAYS);
        while (sink.rows() == 0) {
            cut.poll(sink, Duration.ofMillis(10));
        }
        probe.execute(
                "select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name like 'tidemark_catch_up_%'");
        assertThatThrownBy(() -> {
                    while (sink.rows() < rows) {
                        cut.poll(sink, Duration.ofMillis(10));
                    }
                })
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_CONNECTION_LOST));
        String token = sink.resumeToken();
        cut.close();
        long whole = sink.committedRows();

        CountingSink rest = new CountingSink(1_000);
        PostgresChangeStream second = probe.open(Optional.of(token), ALWAYS);
        Instant deadline = Instant.now().plus(PATIENCE);
        while (rest.rows() < rows - whole && Instant.now().isBefore(deadline)) {
            second.poll(rest, Duration.ofMillis(10));
        }
        assertThat(whole + rest.rows()).isEqualTo(rows);
        assertThat(sink.committedSum() + rest.sum()).isEqualTo((long) rows * (rows + 1) / 2);
    }

    @Test
    void leavesToTheSenderWhatTakesTooLong() throws SQLException {
        takesOverInAHugeTransaction(new CatchUp.Limits(0, Duration.ofMillis(1), ONCE));
    }

    @Test
    void leavesAHugeTransactionToTheSender() throws SQLException {
        takesOverInAHugeTransaction(ALWAYS);
    }

    @Test
    void readsBySqlAgainWhenTheSenderIsBehind() throws SQLException {
        int rows = 60_000;
        PostgresChangeStream stream =
                probe.open(Optional.empty(), new CatchUp.Limits(1 << 20, PATIENCE, Duration.ZERO));
        assertThat(isRead()).as("by the sender").isTrue();
        insertInThousands(rows);
        CountingSink sink = new CountingSink(1_000);
        // Slowly, as who has much else to do.
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(300)).until(() -> {
            stream.poll(sink, Duration.ofMillis(1));
            return copies() == 1;
        });
        assertThat(sink.rows()).isLessThan(rows);
        assertThat(isRead()).isFalse();
        Awaitility.await().atMost(PATIENCE).until(() -> {
            stream.poll(sink, Duration.ofMillis(10));
            stream.acknowledge(stream.deliveredToken());
            return isRead();
        });
        assertThat(sink.rows()).isEqualTo(rows);
        assertThat(sink.sum()).isEqualTo((long) rows * (rows + 1) / 2);
        probe.execute("insert into t values (-1)");
        assertThat(probe.take()).containsExactly("I public.t(id=-1, note=null)", "commit");
    }

    @Test
    void leavesALargeTransactionThatComesLastToTheSender() throws SQLException {
        insertInThousands(2_000);
        PostgresChangeStream stream = probe.open(Optional.empty(), ALWAYS);
        CountingSink sink = new CountingSink(1_000);
        Awaitility.await().atMost(PATIENCE).until(() -> {
            stream.poll(sink, Duration.ofMillis(10));
            return sink.rows() == 2_000;
        });
        // Nothing is acknowledged, so that small pieces are read until it is.
        try (Connection writer = server.connect(probe.database());
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("insert into t select i, 'large' from generate_series(10001, 40000) i");
            Instant commitAt = Instant.now().plusSeconds(2);
            while (Instant.now().isBefore(commitAt)) {
                stream.poll(sink, Duration.ofMillis(10));
            }
            writer.commit();
        }
        probe.execute("insert into t values (-1)");
        Awaitility.await().atMost(PATIENCE).until(() -> {
            stream.poll(sink, Duration.ofMillis(10));
            return sink.commits() == 4;
        });
        assertThat(sink.rows()).isEqualTo(2_000 + 30_000 + 1);
        assertThat(isRead()).as("by the sender").isTrue();
    }

    private void takesOverInAHugeTransaction(CatchUp.Limits limits) throws SQLException {
        probe.execute(
                "insert into t values (0, 'before')",
                "insert into t select i, 'huge' from generate_series(1, 300000) i",
                "insert into t values (-1, 'after')");
        PostgresChangeStream stream = probe.open(Optional.empty(), limits);
        CountingSink sink = new CountingSink(1_000);
        Instant deadline = Instant.now().plus(PATIENCE);
        while (sink.rows() < 300_002 && Instant.now().isBefore(deadline)) {
            stream.poll(sink, Duration.ofMillis(10));
        }
        assertThat(sink.rows()).isEqualTo(300_002);
        assertThat(sink.sum()).isEqualTo(300_000L * 300_001 / 2 - 1);
        assertThat(isRead()).isTrue();
    }

    @Test
    void leavesAllToTheSenderWhenTheServerHasNoSlotToSpare(@TempDir Path scratch) throws Exception {
        try (EmbeddedPostgresServer full = EmbeddedPostgresServer.start(Map.of("max_replication_slots", "1"));
                StreamProbe only = new StreamProbe(full, scratch)) {
            only.execute("create table t (id int primary key)");
            only.open().close();
            only.execute("insert into t values (1)");
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(only.value("select active::int from pg_replication_slots"))
                            .isEqualTo("0"));
            only.open(Optional.empty(), ALWAYS);
            assertThat(only.value("select active::int from pg_replication_slots"))
                    .isEqualTo("1");
            assertThat(only.take()).containsExactly("I public.t(id=1)", "commit");
        }
    }

    @Test
    void doesNotReadBesideAnotherReader() throws SQLException {
        probe.execute("insert into t values (1)");
        try (PostgresChangeStream unused = probe.open(Optional.empty(), NEVER)) {
            assertThatThrownBy(() -> probe.open(Optional.empty(), ALWAYS))
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_SLOT_IN_USE));
        }
    }

    /** Much more than is read ahead. */
    private void insertInThousands(int rows) throws SQLException {
        for (int i = 1; i <= rows; i += 1_000) {
            probe.execute(
                    "insert into t select i, repeat('x', 500) from generate_series(" + i + ", " + (i + 999) + ") i");
        }
    }

    private List<String> linesUntil(PostgresChangeStream stream, String last) {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!probe.sink.lines.contains(last)) {
            assertThat(Instant.now()).as("%s", probe.sink.lines.size()).isBefore(deadline);
            stream.poll(probe.sink, Duration.ofMillis(100));
        }
        return List.copyOf(probe.sink.lines);
    }

    private void awaitNoReader() {
        Awaitility.await().atMost(PATIENCE).until(() -> !isRead());
    }

    private int copies() throws SQLException {
        return Integer.parseInt(probe.value(
                "select count(*) from pg_replication_slots where temporary and database = current_database()"));
    }

    private boolean isRead() throws SQLException {
        return probe.value("select active::int from pg_replication_slots where slot_name = '" + probe.slot() + "'")
                .equals("1");
    }

    private String confirmed() throws SQLException {
        return probe.value(
                "select confirmed_flush_lsn from pg_replication_slots where slot_name = '" + probe.slot() + "'");
    }
}
