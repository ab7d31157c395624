package io.tidemark.workload.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.workload.demo.DemoDatabase;
import io.tidemark.workload.demo.DemoDatabaseOptions;
import io.tidemark.workload.run.LoadOptions;
import io.tidemark.workload.run.Mix;
import io.tidemark.workload.run.WorkloadCounts;
import io.tidemark.workload.run.WorkloadListener;
import io.tidemark.workload.run.WorkloadOptions;
import io.tidemark.workload.run.WorkloadProgress;
import io.tidemark.workload.run.WorkloadResult;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

class BankWorkloadIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
    private static final WorkloadOptions FAST =
            WorkloadOptions.defaults().withTransactionsPerSecond(0).withThreads(4);
    private static final WorkloadListener SILENT = progress -> {};

    @TempDir
    static Path folder;

    private static DemoDatabase database;

    @BeforeAll
    static void start() {
        database = DemoDatabase.start(DemoDatabaseOptions.in(folder.resolve("db")));
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @Test
    void loadsTheSameRowsForTheSameSeed() throws SQLException {
        LoadOptions options = load(20_000).withAccounts(300).withStatements(50);
        assertThat(bank("load_a").load(options).rows()).isEqualTo(20_350);
        bank("load_b").load(options);
        bank("load_c").load(options.withSeed(2));
        for (String table : new String[] {"accounts", "transactions", "statements"}) {
            assertThat(digest("load_b." + table)).isEqualTo(digest("load_a." + table));
            assertThat(digest("load_c." + table)).isNotEqualTo(digest("load_a." + table));
        }
        assertThat(count("load_a.transactions")).isEqualTo(20_000);
        assertThat(count("load_a.accounts")).isEqualTo(300);
        assertThat(number("select count(*) from load_a.transactions where create_at < '2026-01-01T00:00:00Z'"
                        + " or create_at >= '2026-01-11T00:00:00Z' or update_at <> create_at or amount <= 0"
                        + " or account not in (select account from load_a.accounts) or entity = ''"))
                .isZero();
        assertThat(number("select count(*) from load_a.transactions where note is null"))
                .isBetween(800L, 1_200L);
        assertThat(number("select min(octet_length(body)) from load_a.statements"))
                .isGreaterThan(8_192);
        assertThat(
                        number(
                                "select count(*) from pg_index where indisprimary and indrelid in"
                                        + " ('load_a.accounts'::regclass, 'load_a.transactions'::regclass, 'load_a.statements'::regclass)"))
                .isEqualTo(3);
    }

    @Test
    void loadsIntoEmptyTablesThatExist() throws SQLException {
        BankWorkload bank = bank("emptied");
        bank.load(load(10));
        execute("drop table emptied.transactions");
        assertThatThrownBy(() -> bank.load(load(10))).hasMessageContaining("its tables already have rows");
        execute("truncate emptied.accounts");
        assertThat(bank.load(load(1_000)).tables()).containsEntry("transactions", 1_000L);
        execute("truncate emptied.accounts, emptied.transactions");
        bank.load(load(2_000));
        assertThat(count("emptied.transactions")).isEqualTo(2_000);
    }

    @Test
    void refusesToLoadIntoTablesThatHaveRows() {
        BankWorkload bank = bank("full");
        assertThat(bank.hasRows()).isFalse();
        bank.load(load(10));
        assertThat(bank.hasRows()).isTrue();
        assertThatThrownBy(() -> bank.load(load(10))).isInstanceOfSatisfying(TidemarkException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
            assertThat(e).hasMessage("Cannot load the bank: its tables already have rows (schema=full, rows=10)");
        });
    }

    @Test
    void keepsTheMixAndCountsWhatTheTablesHold() throws SQLException {
        BankWorkload bank = bank("we\"ird Schema");
        bank.load(load(5_000));
        WorkloadOptions options = FAST.withMix(new Mix(50, 30, 20)).withAccountPercent(20);
        WorkloadResult result = runUntil(bank, options, 4_000);
        WorkloadCounts counts = result.counts();
        assertThat(counts.errors() + counts.unknown() + counts.rolledBack()).isZero();
        assertThat(counts.changes() + counts.missed()).isEqualTo(counts.committed());
        // Each hundred transactions in a row has exactly the mix; the last hundred may have begun only.
        assertThat(counts.inserts()).isCloseTo(counts.committed() / 2, within(60));
        assertThat(counts.deletes()).isCloseTo(counts.committed() / 5, within(60 + counts.missed()));
        assertThat(count("\"we\"\"ird Schema\".transactions")).isEqualTo(5_000 + counts.inserts() - counts.deletes());
        assertThat(number(
                        "select count(*) from \"we\"\"ird Schema\".accounts where update_at > '2026-01-01T00:00:00Z'"))
                .isPositive();
        assertThat(result.latencies().p50()).isPositive();
        assertThat(result.latencies().max())
                .isGreaterThanOrEqualTo(result.latencies().p99());
        assertThat(result.transactionsPerSecond()).isPositive();
    }

    @Test
    void changesOnlyNoteAndUpdateTimeOfTransactions() throws SQLException {
        BankWorkload bank = bank("columns");
        bank.load(load(500));
        execute("create function columns.guard() returns trigger language plpgsql as $$ begin"
                + " if (old.account, old.create_at, old.entity, old.amount, old.is_credit) is distinct from"
                + " (new.account, new.create_at, new.entity, new.amount, new.is_credit)"
                + " then raise exception 'a fixed column changed'; end if; return new; end $$");
        execute("create trigger guard before update on columns.transactions"
                + " for each row execute function columns.guard()");
        WorkloadCounts counts =
                runUntil(bank, FAST.withMix(new Mix(20, 80, 0)), 1_000).counts();
        assertThat(counts.updates()).isGreaterThan(500);
        assertThat(number("select count(*) from columns.transactions where update_at > create_at"))
                .isGreaterThan(200);
        assertThat(number("select count(*) from columns.transactions where update_at < create_at"))
                .isZero();
    }

    @Test
    void writesManyTypesWithTextsThatMostUpdatesLeaveAlone() throws SQLException {
        BankWorkload bank = bank("types");
        bank.load(load(200).withStatements(100));
        execute("create table types.before as select statement, md5(body) as body from types.statements");
        WorkloadOptions options = FAST.withStatementPercent(100).withMix(new Mix(30, 60, 10));
        WorkloadCounts counts = runUntil(bank, options, 1_000).counts();
        assertThat(count("types.statements")).isEqualTo(100 + counts.inserts() - counts.deletes());
        assertThat(number("select count(*) from types.statements where update_at > '2026-01-02T00:00:00Z'"))
                .isGreaterThan(100);
        assertThat(number("select count(*) from types.statements s join types.before b using (statement)"
                        + " where md5(s.body) = b.body and s.update_at > '2026-01-02T00:00:00Z'"))
                .isPositive();
        assertThat(number("select count(*) from types.statements where remark is null"))
                .isPositive();
        assertThat(number("select count(*) from types.statements where remark = ''"))
                .isPositive();
        assertThat(number("select count(distinct kind) from types.statements")).isEqualTo(4);
        // Larger in sum than the table's own pages: the texts are stored outside the rows.
        assertThat(
                        number(
                                "select pg_relation_size(reltoastrelid) from pg_class where oid = 'types.statements'::regclass"))
                .isGreaterThan(number("select pg_relation_size('types.statements')"));
    }

    @Test
    void changesSeveralRowsInOneTransaction() throws SQLException {
        BankWorkload bank = bank("batches");
        bank.load(load(5_000));
        WorkloadOptions options = FAST.withChangesPerTransaction(25).withStatementPercent(5);
        WorkloadCounts counts = runUntil(bank, options, 100).counts();
        assertThat(counts.changes() + counts.missed()).isEqualTo(counts.committed() * 25);
        assertThat(number("select count(distinct xmin::text) from batches.transactions"
                        + " where create_at > '2026-02-01T00:00:00Z'"))
                .isLessThanOrEqualTo(counts.committed());
        assertThat(count("batches.transactions") + count("batches.statements"))
                .isEqualTo(5_000 + counts.inserts() - counts.deletes());
    }

    @Test
    void leavesNoTraceOfTransactionsThatAreRolledBack() throws SQLException {
        BankWorkload bank = bank("rollback");
        bank.load(load(1_000));
        String before = digest("rollback.transactions") + digest("rollback.accounts");
        WorkloadCounts counts =
                runUntil(bank, FAST.withRollbackPercent(100), 300).counts();
        assertThat(counts.rolledBack()).isGreaterThanOrEqualTo(300);
        assertThat(counts.committed() + counts.changes()).isZero();
        assertThat(digest("rollback.transactions") + digest("rollback.accounts"))
                .isEqualTo(before);
    }

    @Test
    void deletesRowsOfEarlierRunsAndLoads() throws SQLException {
        bank("earlier").load(load(300));
        WorkloadCounts first =
                runUntil(bank("earlier"), FAST.withMix(new Mix(100, 0, 0)), 200).counts();
        WorkloadCounts second = runUntil(
                        bank("earlier"), FAST.withMix(new Mix(0, 0, 100)).withSeed(2), 300 + first.inserts())
                .counts();
        assertThat(number("select count(*) from earlier.transactions where create_at < '2026-02-01T00:00:00Z'"))
                .isZero();
        assertThat(second.missed()).isZero();
        assertThat(count("earlier.transactions"))
                .isEqualTo(300 + first.inserts() + second.inserts() - second.deletes());
    }

    @Test
    void startsNoMoreTransactionsThanAreScheduled() throws SQLException {
        WorkloadOptions options =
                WorkloadOptions.defaults().withTransactionsPerSecond(200).withDuration(Duration.ofMillis(2_500));
        AtomicReference<WorkloadProgress> last = new AtomicReference<>();
        WorkloadResult result = bank("paced").run(options, last::set);
        WorkloadCounts counts = result.counts();
        assertThat(counts.transactions() + counts.errors() + result.behind()).isEqualTo(500);
        assertThat(result.elapsed()).isGreaterThanOrEqualTo(Duration.ofMillis(2_500));
        assertThat(last.get().counts().transactions()).isPositive();
        assertThat(count("paced.transactions")).isEqualTo(counts.inserts() - counts.deletes());
    }

    @Test
    void takesAnotherKeyWhenOneExists() throws SQLException {
        Clock clock = Clock.fixed(Instant.parse("2026-05-01T00:00:00Z"), ZoneOffset.UTC);
        WorkloadOptions inserts = FAST.withThreads(1).withMix(new Mix(100, 0, 0));
        WorkloadCounts first = runUntil(new BankWorkload(database.dataSource(), "keys", clock), inserts, 200)
                .counts();
        WorkloadCounts second = runUntil(new BankWorkload(database.dataSource(), "keys", clock), inserts, 200)
                .counts();
        assertThat(first.retries()).isZero();
        assertThat(second.retries()).isPositive();
        assertThat(second.errors()).isZero();
        assertThat(count("keys.transactions")).isEqualTo(first.inserts() + second.inserts());
    }

    @Test
    void repeatsTransactionsThatFailToSerialize() throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(database.jdbcUrl());
        source.setUser(database.user());
        source.setPassword(database.password());
        source.setOptions("-c default_transaction_isolation=serializable");
        BankWorkload bank = new BankWorkload(source, "serial");
        bank.load(load(1_000));
        WorkloadOptions options = FAST.withMix(new Mix(10, 80, 10))
                .withChangesPerTransaction(5)
                .withAccountPercent(50)
                .withSkew(20);
        WorkloadCounts counts = runUntil(bank, options, 500).counts();
        assertThat(counts.retries()).isPositive();
        assertThat(counts.changes() + counts.missed()).isEqualTo(counts.committed() * 5);
        assertThat(count("serial.transactions")).isEqualTo(1_000 + counts.inserts() - counts.deletes());
    }

    @Test
    void goesOnAfterTheDatabaseWasRestarted() throws Exception {
        BankWorkload bank = bank("restart");
        bank.load(load(1_000));
        AtomicReference<WorkloadProgress> last = new AtomicReference<>();
        CompletableFuture<WorkloadResult> run =
                CompletableFuture.supplyAsync(() -> bank.run(FAST.withAccountPercent(0), last::set));
        await().atMost(PATIENCE).until(() -> committed(last) > 0);
        database.restart();
        long before = committed(last);
        await().atMost(PATIENCE).until(() -> committed(last) > before + 200);
        bank.stop();
        WorkloadCounts counts = run.get(60, TimeUnit.SECONDS).counts();
        assertThat(counts.reconnects()).isGreaterThanOrEqualTo(4);
        assertThat(counts.errors()).isZero();
        long expected = 1_000 + counts.inserts() - counts.deletes();
        assertThat(count("restart.transactions")).isBetween(expected - counts.unknown(), expected + counts.unknown());
    }

    @Test
    void stopsCleanlyWhenInterrupted() throws Exception {
        BankWorkload bank = bank("interrupted");
        CompletableFuture<WorkloadResult> result = new CompletableFuture<>();
        AtomicReference<WorkloadProgress> last = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            WorkloadResult ended = bank.run(FAST, last::set);
            if (Thread.currentThread().isInterrupted()) {
                result.complete(ended);
            } else {
                result.completeExceptionally(new AssertionError("the interrupt was lost"));
            }
        });
        thread.start();
        await().atMost(PATIENCE).until(() -> committed(last) > 0);
        thread.interrupt();
        WorkloadCounts counts = result.get(60, TimeUnit.SECONDS).counts();
        assertThat(count("interrupted.transactions")).isEqualTo(counts.inserts() - counts.deletes());
        assertThat(number("select count(*) from pg_stat_activity where query like '%interrupted%'"
                        + " and pid <> pg_backend_pid()"))
                .isZero();
    }

    @Test
    void endsAtOnceWhenItWasStoppedBefore() {
        BankWorkload bank = bank("stopped");
        bank.stop();
        assertThat(bank.run(FAST, SILENT).counts().committed()).isZero();
    }

    @Test
    void tellsWhyTheDatabaseRefuses() throws Exception {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(database.jdbcUrl());
        source.setUser("nobody_known");
        source.setPassword("x");
        assertRefused(new BankWorkload(source, "bank"), ErrorCode.SOURCE_AUTHENTICATION, "Cannot start the workload: ");
        execute("create role poor login password 'poor'");
        source.setUser("poor");
        source.setPassword("poor");
        assertRefused(
                new BankWorkload(source, "bank"),
                ErrorCode.SOURCE_PERMISSION,
                "Cannot start the workload: permission denied for database postgres (sqlState=42501)");
        source.setUrl("jdbc:postgresql://127.0.0.1:1/postgres");
        assertRefused(new BankWorkload(source, "bank"), ErrorCode.SOURCE_UNREACHABLE, "Cannot start the workload: ");
    }

    @Test
    void stopsWithTheReasonWhenATableDisappears() throws Exception {
        BankWorkload bank = bank("gone");
        AtomicReference<WorkloadProgress> last = new AtomicReference<>();
        CompletableFuture<WorkloadResult> run = CompletableFuture.supplyAsync(() -> bank.run(FAST, last::set));
        await().atMost(PATIENCE).until(() -> committed(last) > 0);
        execute("drop table gone.transactions");
        assertThatThrownBy(() -> run.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(TidemarkException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_QUERY);
                    assertThat(e)
                            .hasMessage("Cannot write to the bank: relation \"gone.transactions\" does not exist"
                                    + " (sqlState=42P01)");
                });
    }

    private static void assertRefused(BankWorkload bank, ErrorCode code, String text) {
        assertThatThrownBy(() -> bank.run(FAST, SILENT)).isInstanceOfSatisfying(TidemarkException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e).hasMessageContaining(text);
        });
    }

    /** Runs until at least this many transactions have ended, however long that takes. */
    private static WorkloadResult runUntil(BankWorkload bank, WorkloadOptions options, long transactions) {
        WorkloadListener stopper = progress -> {
            if (progress.counts().transactions() >= transactions) {
                bank.stop();
            }
        };
        CompletableFuture<WorkloadResult> run = CompletableFuture.supplyAsync(() -> bank.run(options, stopper));
        try {
            return run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            bank.stop();
            throw new AssertionError("The run did not reach " + transactions + " transactions", e);
        }
    }

    private static long committed(AtomicReference<WorkloadProgress> last) {
        WorkloadProgress progress = last.get();
        return progress == null ? 0 : progress.counts().committed();
    }

    private static org.assertj.core.data.Offset<Long> within(long offset) {
        return org.assertj.core.data.Offset.offset(offset);
    }

    private static BankWorkload bank(String schema) {
        return new BankWorkload(database.dataSource(), schema);
    }

    private static LoadOptions load(long transactions) {
        return LoadOptions.of(transactions).withFrom(FROM).withSpan(Duration.ofDays(10));
    }

    private static long count(String table) throws SQLException {
        return number("select count(*) from " + table);
    }

    private static long number(String sql) throws SQLException {
        return Long.parseLong(text(sql));
    }

    private static String digest(String table) throws SQLException {
        return text("select md5(string_agg(t::text, '|' order by t::text)) from " + table + " t");
    }

    private static String text(String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
