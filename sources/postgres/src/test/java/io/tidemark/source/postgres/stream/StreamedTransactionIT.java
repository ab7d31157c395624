package io.tidemark.source.postgres.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.source.RowFilter;
import io.tidemark.spi.source.RowFilter.ColumnCondition;
import io.tidemark.spi.source.RowFilter.Comparison;
import io.tidemark.spi.source.RowFilter.Operator;
import io.tidemark.spi.source.TableScope;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What arrives of transactions that the server sends while they are in progress. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamedTransactionIT {
    /** Enough rows to pass the smallest memory that the server allows before it streams. */
    private static final int MANY = 2000;

    private EmbeddedPostgresServer server;
    private StreamProbe probe;
    private PostgresChangeStream stream;
    private Path scratch;
    private Connection other;

    @BeforeAll
    void startServer() {
        server = EmbeddedPostgresServer.start(Map.of("logical_decoding_work_mem", "64kB"));
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @BeforeEach
    void connect(@TempDir Path folder) throws SQLException {
        scratch = folder.resolve("stream");
        probe = new StreamProbe(server, scratch);
        probe.execute("create table t (id int primary key, note text)", "create table u (id int primary key)");
        stream = probe.open();
        other = server.connect(probe.database());
        other.setAutoCommit(false);
    }

    @AfterEach
    void disconnect() throws SQLException {
        other.close();
        probe.close();
        assertThat(files()).isEmpty();
    }

    @Test
    void arriveAtTheirCommitAfterWhatCommittedBefore() throws SQLException {
        inOther("insert into t select i, 'n' || i from generate_series(1, 2000) i");
        pollUntilStreamed(1);
        probe.execute("insert into u values (1)");
        assertThat(probe.take()).containsExactly("I public.u(id=1)", "commit");
        inOther("delete from t where id = 7");
        other.commit();
        List<String> lines = probe.take();
        assertThat(lines).hasSize(MANY + 2);
        for (int i = 1; i <= MANY; i++) {
            assertThat(lines.get(i - 1)).isEqualTo("I public.t(id=" + i + ", note='n" + i + "')");
        }
        assertThat(lines.subList(MANY, MANY + 2)).containsExactly("D public.t(id=7, note=null)", "commit");
        assertThat(probe.sink.rows)
                .extracting(RecordingSink.Row::sequence)
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(probe.sink.rows.subList(0, MANY + 1))
                .allMatch(row ->
                        row.position() == probe.sink.commits.get(0).position().value());
        assertThat(files()).isEmpty();
    }

    @Test
    void areTakenInPartWhereTheirTableIs() throws SQLException {
        RowFilter rows = new RowFilter(List.of(
                new ColumnCondition("note", List.of(new Comparison(Operator.BETWEEN, List.of("n7", "n700"))))));
        probe.register("t", new TableScope(List.of("note"), Set.of(), rows));
        stream = probe.reopen();
        inOther("insert into t select i, 'n' || i from generate_series(1, 2000) i");
        pollUntilStreamed(1);
        inOther("update t set note = 'out' where id = 70");
        inOther("update t set note = 'n7' where id = 8");
        other.commit();
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(id=7)",
                        "I public.t(id=70)",
                        "I public.t(id=700)",
                        "D public.t(id=70)",
                        "U public.t(id=8)",
                        "commit");
        assertThat(probe.sink.rows).extracting(RecordingSink.Row::sequence).containsExactly(0L, 1L, 2L, 3L, 4L);
    }

    @Test
    void loseWhatWasRolledBackToASavepoint() throws SQLException {
        inOther("insert into t values (1, 'kept')");
        inOther("savepoint a");
        inOther("insert into t select i, 'lost' from generate_series(10, 2010) i");
        pollUntilStreamed(1);
        inOther("alter table t add column extra int default 5");
        inOther("insert into t values (3000, 'lost', 1)");
        inOther("savepoint b");
        inOther("insert into t select i, 'lost too', 2 from generate_series(4000, 6000) i");
        inOther("release b");
        inOther("insert into t select i, 'lost too', 3 from generate_series(6001, 8000) i");
        inOther("rollback to a");
        inOther("savepoint c");
        inOther("insert into t select i, 'in c' from generate_series(10, 2010) i");
        inOther("release c");
        inOther("insert into t values (2, 'kept')");
        other.commit();
        probe.execute("insert into t values (9000, 'after')");
        List<String> lines = probe.take();
        assertThat(lines).hasSize(1 + 2001 + 1 + 1 + 2);
        assertThat(lines.get(0)).isEqualTo("I public.t(id=1, note='kept')");
        assertThat(lines.subList(1, 2002)).allMatch(line -> line.endsWith("note='in c')"));
        assertThat(lines.subList(2002, lines.size()))
                .containsExactly(
                        "I public.t(id=2, note='kept')", "commit", "I public.t(id=9000, note='after')", "commit");
    }

    @Test
    void neverArriveWhenTheyRollBack() throws SQLException {
        inOther("insert into t select i, 'lost' from generate_series(1, 2000) i");
        pollUntilStreamed(1);
        other.rollback();
        probe.execute("insert into t values (1, 'kept')");
        assertThat(probe.take()).containsExactly("I public.t(id=1, note='kept')", "commit");
        assertThat(files()).isEmpty();
    }

    @Test
    void staySeparateWhenTheyInterleave() throws SQLException {
        try (Connection third = server.connect(probe.database())) {
            third.setAutoCommit(false);
            for (int round = 0; round < 3; round++) {
                inOther("insert into t select i, 'left' from generate_series(" + round * 4000 + ", "
                        + (round * 4000 + 1999) + ") i");
                run(
                        third,
                        "insert into t select i, 'right' from generate_series(" + (round * 4000 + 2000) + ", "
                                + (round * 4000 + 3999) + ") i");
                pollUntilStreamed(2);
            }
            third.commit();
            other.commit();
        }
        List<String> lines = probe.take();
        assertThat(lines).hasSize(12_002);
        assertThat(lines.subList(0, 6000)).allMatch(line -> line.contains("right"));
        assertThat(lines.get(6000)).isEqualTo("commit");
        assertThat(lines.subList(6001, 12_001)).allMatch(line -> line.contains("left"));
    }

    @Test
    void carryTheSchemaThatTheyMade() throws SQLException {
        inOther("insert into t select i, 'old' from generate_series(1, 2000) i");
        inOther("alter table t add column extra int");
        inOther("insert into t select i, 'new', i from generate_series(2001, 4000) i");
        pollUntilStreamed(1);
        inOther("truncate u");
        other.commit();
        probe.execute("insert into t values (5000, 'after', null)");
        List<String> lines = probe.take();
        assertThat(lines.get(1999)).isEqualTo("I public.t(id=2000, note='old')");
        assertThat(lines.get(2000)).isEqualTo("I public.t(id=2001, note='new', extra=2001)");
        assertThat(lines.subList(4000, lines.size()))
                .containsExactly(
                        "T public.u(id=null)", "commit", "I public.t(id=5000, note='after', extra=null)", "commit");
    }

    @Test
    void areSentAgainToTheNextStream() throws SQLException, IOException {
        probe.execute("insert into u values (1)");
        probe.take();
        inOther("insert into t select i, 'n' from generate_series(1, 2000) i");
        pollUntilStreamed(1);
        probe.execute("insert into u values (2)");
        assertThat(probe.take()).containsExactly("I public.u(id=2)", "commit");
        String token = stream.deliveredToken();
        stream.acknowledge(token);
        stream.close();
        Files.writeString(scratch.resolve("1.in-progress"), "left by a crash");
        inOther("insert into t select i, 'm' from generate_series(2001, 4000) i");
        other.commit();
        stream = probe.open(Optional.of(token));
        List<String> lines = probe.take();
        assertThat(lines).hasSize(4001);
        assertThat(lines.get(0)).isEqualTo("I public.t(id=1, note='n')");
        assertThat(lines.get(3999)).isEqualTo("I public.t(id=4000, note='m')");
    }

    private void inOther(String sql) throws SQLException {
        run(other, sql);
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Polls until some of this many transactions in progress have arrived; they are written to the log only in part before. */
    private void pollUntilStreamed(int transactions) {
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
            stream.poll(probe.sink, Duration.ofMillis(50));
            return files().size() == transactions;
        });
    }

    private List<String> files() {
        List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.list(scratch)) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return names;
    }
}
