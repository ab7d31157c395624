package io.tidemark.source.postgres.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tidemark.source.postgres.TestSource;
import io.tidemark.source.postgres.view.BlockRange;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.SnapshotChunk;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.verify.DigestRequest;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SnapshotIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long CHUNK_BYTES = 256 << 10;

    private static EmbeddedPostgresServer server;

    private String database;

    @BeforeAll
    static void start() {
        server = EmbeddedPostgresServer.start(Map.of("max_prepared_transactions", "5"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void createDatabase() {
        database = server.createDatabase();
    }

    @Test
    void chunksTogetherHoldEveryRowOnceAlsoThoseThatArriveBehindTheLastBlock() throws Exception {
        server.execute(database, "create table t (id int primary key, filler text)");
        server.execute(
                database, "insert into t select g, repeat('x', 100) from generate_series(1, 50000) g", "analyze t");
        try (LogSource source = source()) {
            SourceTable table = TestSource.table(source, "public", "t");
            List<SnapshotChunk> chunks;
            try (SnapshotCut first = source.openCut(1, TIMEOUT)) {
                chunks = first.plan(table, CHUNK_BYTES);
            }
            assertThat(chunks).hasSizeGreaterThan(10);
            assertThat(chunks).extracting(SnapshotChunk::ordinal).startsWith(0, 1, 2);
            assertThat(chunks.get(0).range()).matches("0-3[0-2]");
            assertThat(chunks.get(chunks.size() - 1).range()).endsWith("-");
            assertThat(chunks.stream().mapToLong(SnapshotChunk::estimatedRows).sum())
                    .isBetween(45_000L, 55_000L);

            server.execute(database, "insert into t select g, repeat('y', 100) from generate_series(50001, 60000) g");
            try (SnapshotCut cut = source.openCut(4, TIMEOUT)) {
                Set<Integer> ids = Collections.synchronizedSet(new HashSet<>());
                ExecutorService executor = Executors.newFixedThreadPool(6);
                List<Future<Long>> reads = new ArrayList<>();
                for (SnapshotChunk chunk : chunks) {
                    reads.add(executor.submit(() -> cut.read(chunk, table, batch -> {
                        assertThat(batch.operation(0)).isEqualTo(Operation.INSERT);
                        assertThat(batch.position(0)).isEqualTo(cut.cutoff().value());
                        for (int row = 0; row < batch.size(); row++) {
                            ids.add(((IntVector) batch.column(0)).value(row));
                        }
                    })));
                }
                long rows = 0;
                for (Future<Long> read : reads) {
                    rows += read.get();
                }
                executor.shutdown();
                assertThat(rows).isEqualTo(60_000);
                assertThat(ids).hasSize(60_000);
            }
        }
    }

    @Test
    void rangesOfBlocksAreReadByTidRangeScans() throws SQLException {
        server.execute(
                database,
                "create table t (id int primary key)",
                "insert into t select generate_series(1, 50000)",
                "analyze t");
        try (Connection connection = server.connect(database)) {
            assertThat(plan(connection, "t", "10-20"))
                    .contains("Tid Range Scan on t")
                    .doesNotContain("Seq Scan");
            assertThat(plan(connection, "t", "10-"))
                    .contains("Tid Range Scan on t")
                    .doesNotContain("Seq Scan");
        }
    }

    @Test
    void anEmptyTableIsOneEmptyChunk() {
        server.execute(database, "create table t (id int primary key)");
        try (LogSource source = source();
                SnapshotCut cut = source.openCut(1, TIMEOUT)) {
            SourceTable table = TestSource.table(source, "public", "t");
            List<SnapshotChunk> chunks = cut.plan(table, CHUNK_BYTES);
            assertThat(chunks).containsExactly(new SnapshotChunk(table.id(), 0, table.id(), "0-", 0));
            assertThat(cut.read(chunks.get(0), table, batch -> {})).isZero();
        }
    }

    @Test
    void partitionsAreReadInTheColumnOrderOfTheirTableAndInheritingTablesAreLeftOut() {
        server.execute(
                database,
                "create table p (id int, name text, primary key (id)) partition by range (id)",
                "create table p_1 partition of p for values from (0) to (100)",
                "create table p_2 (dropped int, name text, id int not null)",
                "alter table p_2 drop column dropped",
                "alter table p attach partition p_2 for values from (100) to (200)",
                "create table p_3 partition of p for values from (200) to (300) partition by range (id)",
                "create table p_3_1 partition of p_3 for values from (200) to (250)",
                "insert into p select g, 'n' || g from generate_series(1, 249) g",
                "create table parent (id int primary key)",
                "create table child (extra int) inherits (parent)",
                "insert into parent values (1)",
                "insert into child values (2, 3)");
        try (LogSource source = source();
                SnapshotCut cut = source.openCut(2, TIMEOUT)) {
            assertThat(source.tables()).extracting(table -> table.id().name()).containsExactly("child", "p", "parent");
            SourceTable table = TestSource.table(source, "public", "p");
            assertThat(cut.plan(table, CHUNK_BYTES))
                    .extracting(chunk -> chunk.relation().name())
                    .containsExactly("p_1", "p_2", "p_3_1");
            Set<String> rows = new HashSet<>();
            assertThat(TestSource.readAll(cut, table, CHUNK_BYTES, batch -> texts(batch, rows)))
                    .isEqualTo(249);
            assertThat(rows).hasSize(249).contains("1 n1", "150 n150", "249 n249");
            assertThat(TestSource.readAll(cut, TestSource.table(source, "public", "parent"), CHUNK_BYTES, batch -> {}))
                    .isEqualTo(1);
            List<Integer> found = new ArrayList<>();
            assertThat(cut.readKeys(
                            table,
                            List.of(List.of("150"), List.of("7"), List.of("7"), List.of("999")),
                            batch -> ids(batch, found)))
                    .isEqualTo(2);
            assertThat(found).containsExactlyInAnyOrder(7, 150);
        }
    }

    @Test
    void hostileNamesAndWideRowsAreRead() {
        String longest = "ü".repeat(31) + "x";
        server.execute(
                database,
                "create schema \"we\"\"ird. Schéma\"",
                "create table \"we\"\"ird. Schéma\".\"" + longest + "\" (\"sel\"\"ect; '\" int primary key, \""
                        + longest + "\" text)",
                "insert into \"we\"\"ird. Schéma\".\"" + longest
                        + "\" select g, (select string_agg(md5(random()::text), '') from generate_series(1, 20000)) || g from generate_series(1, 30) g");
        try (LogSource source = source();
                SnapshotCut cut = source.openCut(1, TIMEOUT)) {
            SourceTable table = TestSource.table(source, "we\"ird. Schéma", longest);
            List<Integer> lengths = new ArrayList<>();
            List<Integer> batches = new ArrayList<>();
            // Out-of-line values count: 30 rows fit one block, but are twenty megabytes.
            assertThat(cut.plan(table, CHUNK_BYTES)).hasSize(1);
            TestSource.readAll(cut, table, CHUNK_BYTES, batch -> {
                batches.add(batch.size());
                for (int row = 0; row < batch.size(); row++) {
                    lengths.add(((BytesVector) batch.column(1)).length(row));
                }
            });
            assertThat(lengths).hasSize(30).allMatch(length -> length >= 640_001);
            assertThat(batches).hasSizeGreaterThan(1).allMatch(size -> size <= 14);
        }
    }

    @Test
    void aTableThatVanishesAfterThePlanIsMissingAndTheCutGoesOn() {
        server.execute(
                database,
                "create table gone (id int primary key)",
                "create table stays (id int primary key)",
                "insert into stays values (1)");
        try (LogSource source = source();
                SnapshotCut cut = source.openCut(1, TIMEOUT)) {
            SourceTable gone = TestSource.table(source, "public", "gone");
            SnapshotChunk chunk = cut.plan(gone, CHUNK_BYTES).get(0);
            server.execute(database, "drop table gone");
            assertCode(() -> cut.read(chunk, gone, batch -> {}), ErrorCode.SOURCE_TABLE_MISSING);
            assertCode(() -> cut.plan(gone, CHUNK_BYTES), ErrorCode.SOURCE_TABLE_MISSING);
            assertThat(TestSource.readAll(cut, TestSource.table(source, "public", "stays"), CHUNK_BYTES, batch -> {}))
                    .isEqualTo(1);
        }
    }

    @Test
    void aTableThatIsEmptiedOrRewrittenAfterTheCutIsNotReadAsEmpty() {
        server.execute(
                database,
                "create table truncated (id int primary key)",
                "insert into truncated values (1)",
                "create table rewritten (id int primary key)",
                "insert into rewritten values (1)",
                "create table renewed (id int primary key)",
                "insert into renewed values (1)",
                "create table parted (id int primary key) partition by range (id)",
                "create table parted_1 partition of parted for values from (0) to (10)",
                "insert into parted values (1)");
        try (LogSource source = source()) {
            List<SourceTable> tables = source.tables();
            try (SnapshotCut cut = source.openCut(1, TIMEOUT)) {
                List<SnapshotChunk> chunks = tables.stream()
                        .flatMap(table -> cut.plan(table, CHUNK_BYTES).stream())
                        .toList();
                server.execute(
                        database,
                        "truncate truncated",
                        "alter table rewritten alter column id type bigint",
                        "alter table rewritten alter column id type int",
                        "drop table renewed",
                        "create table renewed (id int primary key)",
                        "truncate parted_1");
                for (int i = 0; i < tables.size(); i++) {
                    SourceTable table = tables.get(i);
                    SnapshotChunk chunk = chunks.get(i);
                    assertCode(() -> cut.read(chunk, table, batch -> {}), ErrorCode.SOURCE_TABLE_REWRITTEN);
                    assertCode(
                            () -> cut.readKeys(table, List.of(List.of("1")), batch -> {}),
                            ErrorCode.SOURCE_TABLE_REWRITTEN);
                    assertCode(
                            () -> cut.reading(table).digests(DigestRequest.whole(4)), ErrorCode.SOURCE_TABLE_REWRITTEN);
                }
            }
            try (SnapshotCut later = source.openCut(1, TIMEOUT)) {
                assertThat(TestSource.readAll(
                                later, TestSource.table(source, "public", "rewritten"), CHUNK_BYTES, batch -> {}))
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void aChangedColumnIsASchemaChange() {
        server.execute(database, "create table t (id int primary key, a text, b numeric(10,2))");
        try (LogSource source = source()) {
            SourceTable table = TestSource.table(source, "public", "t");
            server.execute(database, "alter table t alter column b type numeric(12,2)");
            try (SnapshotCut cut = source.openCut(1, TIMEOUT)) {
                assertCode(
                        () -> TestSource.readAll(cut, table, CHUNK_BYTES, batch -> {}),
                        ErrorCode.SOURCE_SCHEMA_CHANGED);
            }
            server.execute(
                    database, "alter table t alter column b type numeric(10,2)", "alter table t rename column a to c");
            try (SnapshotCut cut = source.openCut(1, TIMEOUT)) {
                assertThatThrownBy(() -> TestSource.readAll(cut, table, CHUNK_BYTES, batch -> {}))
                        .hasMessage("Cannot read table \"public\".\"t\": its columns are no longer those that were"
                                + " registered (column=a)");
            }
            server.execute(database, "alter table t rename column c to a", "alter table t add column d int");
            try (SnapshotCut cut = source.openCut(1, TIMEOUT)) {
                assertThatThrownBy(() -> TestSource.readAll(cut, table, CHUNK_BYTES, batch -> {}))
                        .hasMessage("Cannot read table \"public\".\"t\": its columns are no longer those that were"
                                + " registered (column=d)");
            }
        }
    }

    @Test
    void readingHoldsNoLockAfterwards() throws Exception {
        server.execute(database, "create table t (id int primary key)", "insert into t values (1)");
        try (LogSource source = source();
                SnapshotCut cut = source.openCut(1, TIMEOUT)) {
            SourceTable table = TestSource.table(source, "public", "t");
            TestSource.readAll(cut, table, CHUNK_BYTES, batch -> {});
            cut.readKeys(table, List.of(List.of("1")), batch -> {});
            cut.reading(table).digests(DigestRequest.whole(4));
            try (Connection connection = server.connect(database)) {
                assertThat(TestSource.value(connection, "select count(*) from pg_locks where relation = 't'::regclass"))
                        .isEqualTo("0");
            }
        }
    }

    @Test
    void aValueThatCannotBeHeldIsNamedByItsPlace() {
        server.execute(
                database,
                "create table t (id int primary key, at timestamptz)",
                "insert into t select g, now() from generate_series(1, 1000) g",
                "insert into t values (1001, 'infinity')");
        try (LogSource source = source();
                SnapshotCut cut = source.openCut(1, TIMEOUT)) {
            SourceTable table = TestSource.table(source, "public", "t");
            assertThatThrownBy(() -> TestSource.readAll(cut, table, CHUNK_BYTES, batch -> {}))
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_VALUE))
                    .hasMessage(
                            "Cannot represent value: infinity is no timestamp (table=public.t, column=at, type=timestamp with time zone,"
                                    + " relation=public.t, ctid=(5,76))");
        }
        try (LogSource source = TestSource.open(
                        server, database, "texts", Map.of(), TestSource.choices("t", Map.of("at", ColumnType.STRING)));
                SnapshotCut cut = source.openCut(1, TIMEOUT)) {
            Set<String> rows = new HashSet<>();
            TestSource.readAll(cut, TestSource.table(source, "public", "t"), CHUNK_BYTES, batch -> texts(batch, rows));
            assertThat(rows).hasSize(1001).contains("1001 infinity");
        }
    }

    @Test
    void theSlotIsGoneWhenTheCutIsOpenAndTheViewStays() throws Exception {
        server.execute(database, "create table t (id int primary key)", "insert into t values (1)");
        try (LogSource source = source();
                SnapshotCut cut = source.openCut(2, TIMEOUT);
                Connection connection = server.connect(database)) {
            assertThat(TestSource.value(
                            connection,
                            "select count(*) from pg_replication_slots where slot_name like 'tidemark_cut_%'"))
                    .isEqualTo("0");
            server.execute(database, "insert into t values (2)", "update t set id = 3 where id = 1", "vacuum t");
            List<Integer> ids = new ArrayList<>();
            TestSource.readAll(cut, TestSource.table(source, "public", "t"), CHUNK_BYTES, batch -> ids(batch, ids));
            assertThat(ids).containsExactly(1);
        }
    }

    @Test
    void aReaderWhoseConnectionDiesIsReplaced() throws Exception {
        server.execute(database, "create table t (id int primary key)", "insert into t values (1)");
        try (LogSource source = source();
                SnapshotCut cut = source.openCut(1, TIMEOUT)) {
            SourceTable table = TestSource.table(source, "public", "t");
            server.execute(database, "insert into t values (2)");
            killReaders(true);
            assertCode(
                    () -> TestSource.readAll(cut, table, CHUNK_BYTES, batch -> {}), ErrorCode.SOURCE_CONNECTION_LOST);
            assertThat(TestSource.readAll(cut, table, CHUNK_BYTES, batch -> {})).isEqualTo(1);
            killReaders(false);
            assertCode(
                    () -> TestSource.readAll(cut, table, CHUNK_BYTES, batch -> {}), ErrorCode.SOURCE_CONNECTION_LOST);
            assertThatThrownBy(() -> TestSource.readAll(cut, table, CHUNK_BYTES, batch -> {}))
                    .hasMessage("Cannot read the snapshot: its connections were lost");
        }
    }

    @Test
    void anErrorOfTheConsumerLeavesTheCutUsable() {
        server.execute(
                database, "create table t (id int primary key)", "insert into t select generate_series(1, 100000)");
        try (LogSource source = source();
                SnapshotCut cut = source.openCut(1, TIMEOUT)) {
            SourceTable table = TestSource.table(source, "public", "t");
            assertThatThrownBy(() -> TestSource.readAll(cut, table, 1 << 30, batch -> {
                        throw new IllegalStateException("disk full");
                    }))
                    .hasMessage("disk full");
            assertThat(TestSource.readAll(cut, table, 1 << 30, batch -> {})).isEqualTo(100_000);
        }
    }

    @Test
    void aTransactionThatDoesNotEndIsNamed() throws Exception {
        server.execute(database, "create table t (id int primary key)");
        try (LogSource source = source();
                Connection writer = server.connect(database)) {
            writer.setAutoCommit(false);
            writer.createStatement().execute("set application_name = 'nightly job'");
            writer.createStatement().execute("insert into t values (1)");
            String pid = TestSource.value(writer, "select pg_backend_pid()");
            assertThatThrownBy(() -> source.openCut(1, Duration.ofSeconds(1)))
                    .isInstanceOfSatisfying(TidemarkException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_SLOT_BLOCKED);
                        assertThat(e.remedy())
                                .isEqualTo(
                                        "End that transaction, or try later; to force it: SELECT pg_terminate_backend("
                                                + pid + ");");
                    })
                    .hasMessageMatching(
                            "Cannot take a consistent cut: running transactions did not end within 1s \\(pid=" + pid
                                    + ", application=nightly job, user=postgres, age=[0-9]+s\\)");
            writer.createStatement().execute("prepare transaction 'half'");
            assertThatThrownBy(() -> source.openCut(1, Duration.ofSeconds(1)))
                    .hasMessageContaining("(pid=none, it is prepared, application=half, user=postgres, age=");
            writer.setAutoCommit(true);
            writer.createStatement().execute("commit prepared 'half'");
            source.openCut(1, TIMEOUT).close();
        }
    }

    @Test
    void closingEndsAReadThatStillRuns() throws Exception {
        server.execute(
                database, "create table t (id int primary key)", "insert into t select generate_series(1, 100000)");
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (LogSource source = source()) {
            SnapshotCut cut = source.openCut(1, TIMEOUT);
            SourceTable table = TestSource.table(source, "public", "t");
            CountDownLatch began = new CountDownLatch(1);
            CountDownLatch closed = new CountDownLatch(1);
            Future<Long> read = executor.submit(() -> TestSource.readAll(cut, table, 1 << 30, batch -> {
                began.countDown();
                try {
                    closed.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
            began.await();
            cut.close();
            closed.countDown();
            assertThatThrownBy(read::get).hasCauseInstanceOf(TidemarkException.class);
            await().until(() -> {
                try (Connection connection = server.connect(database)) {
                    return TestSource.value(
                                    connection,
                                    "select count(*) from pg_stat_activity where application_name = 'tidemark/snap'")
                            .equals("0");
                }
            });
            assertThatThrownBy(() -> cut.plan(table, CHUNK_BYTES)).hasMessage("Cannot read the snapshot: it is closed");
        } finally {
            executor.shutdownNow();
        }
    }

    private void killReaders(boolean keepsFirst) throws SQLException {
        try (Connection connection = server.connect(database)) {
            // The session that keeps the snapshot exported is the one that was opened first.
            TestSource.value(
                    connection,
                    "select count(pg_terminate_backend(pid)) from (select pid, query, row_number() over (order by backend_start) as place"
                            + " from pg_stat_activity where application_name = 'tidemark/snap' and state like 'idle in transaction%') s where "
                            + (keepsFirst ? "place > 1" : "true"));
            await().until(() -> TestSource.value(
                            connection,
                            "select count(*) from pg_stat_activity where application_name = 'tidemark/snap'")
                    .equals(keepsFirst ? "1" : "0"));
        }
    }

    private static String plan(Connection connection, String table, String range) throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (ResultSet row = connection
                .createStatement()
                .executeQuery("explain select * from only " + table + " where "
                        + BlockRange.parse(range).condition())) {
            while (row.next()) {
                plan.append(row.getString(1)).append('\n');
            }
        }
        return plan.toString();
    }

    private LogSource source() {
        return TestSource.open(server, database, "snap");
    }

    private static void ids(ChangeBatch batch, List<Integer> ids) {
        for (int row = 0; row < batch.size(); row++) {
            ids.add(((IntVector) batch.column(0)).value(row));
        }
    }

    private static void texts(ChangeBatch batch, Set<String> rows) {
        for (int row = 0; row < batch.size(); row++) {
            rows.add(((IntVector) batch.column(0)).value(row) + " " + ((BytesVector) batch.column(1)).text(row));
        }
    }

    private static void assertCode(ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TidemarkException.class,
                        e -> assertThat(e.code()).as(e.reason()).isEqualTo(code));
    }
}
