package io.tidemark.source.postgres.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.tidemark.source.postgres.TestSource;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.RowFilter;
import io.tidemark.spi.source.SourceStatus;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TableScope;
import io.tidemark.spi.source.TypeChoices;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PreparationIT {
    private static final String MEMBERS = """
            select coalesce(string_agg(p.pubname || ':' || c.relname, ' ' order by p.pubname, c.relname), '')
              from pg_publication_rel r join pg_publication p on p.oid = r.prpubid join pg_class c on c.oid = r.prrelid
            """;

    private static EmbeddedPostgresServer server;

    private String database;
    private String pipeline;

    @BeforeAll
    static void start() {
        server = EmbeddedPostgresServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void createDatabase() {
        database = server.createDatabase();
        pipeline = "p_" + database;
    }

    @Test
    void publishesTablesByWhetherTheirRowsCanBeToldApart() throws SQLException {
        server.execute(
                database,
                "create table keyed (id int primary key)",
                "create table keyless (v int)",
                "create table whole (v int)",
                "alter table whole replica identity full",
                "create table other (id int primary key)");
        try (LogSource source = source()) {
            prepare(source, "keyed", "keyless", "whole");
            String all = "tidemark_" + pipeline;
            assertThat(value(MEMBERS)).isEqualTo(all + ":keyed " + all + ":whole " + all + "_inserts:keyless");
            assertThat(value(
                            "select string_agg(pubname || ' ' || pubinsert || pubupdate || pubdelete || pubtruncate || pubviaroot, ', '"
                                    + " order by pubname) from pg_publication"))
                    .isEqualTo(all + " truetruetruetruetrue, " + all + "_inserts truefalsefalsetruetrue");
            assertThat(value("select plugin || ' ' || temporary from pg_replication_slots where slot_name = '" + all
                            + "'"))
                    .isEqualTo("pgoutput false");
        }
    }

    @Test
    void neverMakesTheUsersOwnUpdatesFail() {
        server.execute(
                database,
                "create table keyed (id int primary key, v int)",
                "create table keyless (v int)",
                "create table nothing (id int primary key, v int)",
                "alter table nothing replica identity nothing",
                "create table deferred (id int primary key deferrable, v int)",
                "create table generated_key (a int, id int generated always as (a + 1) stored primary key, v int)",
                "create table generated_full (a int, b int generated always as (a + 1) stored, v int)",
                "alter table generated_full replica identity full",
                "create table lost_index (a int not null, v int)",
                "create unique index lost on lost_index (a)",
                "alter table lost_index replica identity using index lost",
                "drop index lost",
                "create table parted (id int, v int) partition by range (id)",
                "create table parted_1 partition of parted for values from (0) to (10)",
                "create table parted_2 partition of parted for values from (10) to (20)",
                "alter table parted_1 replica identity full",
                "create table parted_full (id int, v int) partition by range (id)",
                "create table parted_full_1 partition of parted_full for values from (0) to (10)",
                "alter table parted_full_1 replica identity full",
                "create table parted_key (id int primary key, v int) partition by range (id)",
                "create table parted_key_1 partition of parted_key for values from (0) to (10)",
                "create table parted_key_nothing (id int primary key, v int) partition by range (id)",
                "create table parted_key_nothing_1 partition of parted_key_nothing for values from (0) to (10)",
                "alter table parted_key_nothing_1 replica identity nothing");
        try (LogSource source = source()) {
            List<SourceTable> tables = source.tables();
            source.prepare(tables, Optional.empty());
            for (SourceTable table : tables) {
                String name = table.id().quoted();
                String column = table.schema().columns().get(0).name();
                assertThatCode(() -> server.execute(
                                database,
                                "insert into " + name + " (" + column + ") values (5)",
                                "update " + name + " set v = 1",
                                "update " + name + " set " + column + " = 6",
                                "delete from " + name,
                                "truncate " + name))
                        .as(name)
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void aTableThatLosesItsKeyMovesToThePublicationOfInserts() throws SQLException {
        server.execute(database, "create table t (id int constraint t_key primary key, v int)");
        try (LogSource source = source()) {
            List<SourceTable> registered = source.tables();
            source.prepare(registered, Optional.empty());
            server.execute(database, "alter table t drop constraint t_key");
            source.prepare(registered, Optional.empty());
            assertThat(value(MEMBERS)).isEqualTo("tidemark_" + pipeline + "_inserts:t");
            server.execute(database, "insert into t values (1, 1)", "update t set v = 2");
        }
    }

    @Test
    void aSecondRunChangesNothing() throws SQLException {
        server.execute(database, "create table a (id int primary key)", "create table b (v int)");
        try (LogSource source = source()) {
            prepare(source, "a", "b");
            String before = catalogState();
            prepare(source, "a", "b");
            assertThat(catalogState()).isEqualTo(before);
            prepare(source, "a");
            assertThat(value(MEMBERS)).isEqualTo("tidemark_" + pipeline + ":a");
            prepare(source, "a", "b");
            assertThat(value(MEMBERS)).isEqualTo("tidemark_" + pipeline + ":a tidemark_" + pipeline + "_inserts:b");
        }
    }

    @Test
    void repairsAPublicationThatSomeoneChanged() throws SQLException {
        server.execute(database, "create table a (id int primary key, v int)");
        try (LogSource source = source()) {
            prepare(source, "a");
            server.execute(database, "alter publication tidemark_" + pipeline + " set (publish = 'insert')");
            if (Integer.parseInt(value("show server_version_num")) >= 150000) {
                server.execute(database, "alter publication tidemark_" + pipeline + " set table a (id) where (id > 5)");
            }
            prepare(source, "a");
            assertThat(value("select pubupdate from pg_publication where pubname = 'tidemark_" + pipeline + "'"))
                    .isEqualTo("t");
            assertThat(value("select to_jsonb(r) ->> 'prqual' from pg_publication_rel r"))
                    .isNull();
            assertThat(value("select to_jsonb(r) ->> 'prattrs' from pg_publication_rel r"))
                    .isNull();
        }
    }

    @Test
    void partsThatAnAdministratorPublishesAreRefusedAndLeftAsTheyAre() throws SQLException {
        Assumptions.assumeTrue(Integer.parseInt(value("show server_version_num")) >= 150000);
        for (String part : List.of("a (id)", "a where (id > 5)")) {
            server.execute(
                    database,
                    "drop table if exists a, b",
                    "drop publication if exists own",
                    "create table a (id int primary key, v int)",
                    "create table b (id int primary key)",
                    "create publication own for table " + part + ", b with (publish_via_partition_root = true)");
            try (LogSource source =
                    TestSource.open(server, database, pipeline, Map.of("publication", "own"), TypeChoices.NONE)) {
                String publications =
                        "select string_agg(t::text, ';') from (select xmin, oid from pg_publication union all select xmin, oid from"
                                + " pg_publication_rel order by 2) t";
                String before = value(publications);
                assertThat(
                                source
                                        .check(
                                                List.of(new TableId("public", "a"), new TableId("public", "b")),
                                                Map.of())
                                        .stream()
                                        .filter(finding -> finding.status() == Finding.Status.FAILED)
                                        .toList())
                        .singleElement()
                        .satisfies(finding -> {
                            assertThat(finding.code()).contains(ErrorCode.CONFIG_INVALID);
                            assertThat(finding.subject()).isEqualTo("table public.a");
                            assertThat(finding.remedy()).contains("'omit' and 'where'");
                        });
                Assertions.assertThatThrownBy(() -> prepare(source, "a", "b"))
                        .isInstanceOfSatisfying(
                                TidemarkException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID));
                assertThat(value(publications)).isEqualTo(before);
                server.execute(
                        database,
                        "alter publication own drop table only public.a",
                        "alter publication own add table only public.a");
                assertThat(source.check(List.of(new TableId("public", "a")), Map.of()))
                        .noneMatch(finding -> finding.status() == Finding.Status.FAILED);
                prepare(source, "a", "b");
                source.remove();
            }
        }
    }

    @Test
    void aTableThatIsPublishedWithItsSchemaIsPublished() throws SQLException {
        Assumptions.assumeTrue(Integer.parseInt(value("show server_version_num")) >= 150000);
        server.execute(
                database,
                "create table a (id int primary key)",
                "create publication own for tables in schema public with (publish_via_partition_root = true)");
        try (LogSource source =
                TestSource.open(server, database, pipeline, Map.of("publication", "own"), TypeChoices.NONE)) {
            prepare(source, "a");
            assertThat(value("select count(*) from pg_publication_rel")).isEqualTo("0");
            source.remove();
        }
    }

    @Test
    void removesWhatItMadeAlsoTwice() throws SQLException {
        server.execute(database, "create table a (id int primary key)");
        try (LogSource source = source()) {
            prepare(source, "a");
            assertThat(source.status())
                    .extracting(SourceStatus::slotExists, SourceStatus::active)
                    .containsExactly(true, false);
            source.remove();
            assertThat(value("select count(*) from pg_publication")).isEqualTo("0");
            assertThat(value("select count(*) from pg_replication_slots where slot_name = 'tidemark_" + pipeline + "'"))
                    .isEqualTo("0");
            assertThat(source.status().slotExists()).isFalse();
            source.remove();
        }
    }

    @Test
    void anUnknownTableIsNamedAndNothingIsMade() throws SQLException {
        try (LogSource source = source()) {
            assertError(
                    () -> source.prepare(List.of(table("missing")), Optional.empty()),
                    ErrorCode.SOURCE_TABLE_MISSING,
                    "Cannot prepare capture: table public.missing does not exist in this database",
                    "Correct its name (upper and lower case count), create it, or take it out of the pipeline.");
            assertThat(value("select count(*) from pg_publication")).isEqualTo("0");
        }
    }

    @Test
    void anUnloggedTableIsRefusedWithTheReason() {
        server.execute(database, "create unlogged table u (id int primary key)");
        try (LogSource source = source()) {
            assertThat(source.tables()).isEmpty();
            assertThat(source.check(List.of(), Map.of()))
                    .contains(Finding.warning(
                            "table public.u",
                            "table public.u is left out: it is unlogged, so its changes are not in the log;"
                                    + " run: ALTER TABLE \"public\".\"u\" SET LOGGED;",
                            ""));
            assertError(
                    () -> source.prepare(List.of(table("u")), Optional.empty()),
                    ErrorCode.SOURCE_TYPE,
                    "Cannot prepare capture: table public.u cannot be captured: it is unlogged, so its changes are not in the log;"
                            + " run: ALTER TABLE \"public\".\"u\" SET LOGGED;",
                    "Exclude the table.");
        }
    }

    @Test
    void saysOfManyTablesAtOnceWhatEachLacks() {
        String role = "reader_" + database;
        server.execute(
                database,
                "create role " + role + " login replication",
                "create table readable (id int primary key)",
                "create table unreadable (id int primary key)",
                "create table others (id int primary key)",
                "create table \"odd, {name}\" (\"id \"\" \\ {,}\" int primary key, \"NULL\" int, secret int)",
                "create table gone (id int primary key)",
                "create schema closed create table t (id int primary key)",
                "alter table readable owner to " + role,
                "alter table \"odd, {name}\" owner to " + role,
                "revoke all on \"odd, {name}\" from " + role,
                "alter table closed.t owner to " + role,
                "grant select on others to " + role,
                "grant select (\"id \"\" \\ {,}\", \"NULL\") on \"odd, {name}\" to " + role);
        try (LogSource all = source();
                LogSource source =
                        TestSource.open(server, database, pipeline, Map.of("user", role), TypeChoices.NONE)) {
            List<SourceTable> tables = new ArrayList<>();
            for (SourceTable table : all.tables()) {
                tables.add(table.within(new TableScope(List.of("secret"), Set.of(), RowFilter.ALL)));
            }
            server.execute(database, "drop table gone");
            Map<String, String> reasons = new TreeMap<>();
            source.problems(tables)
                    .forEach((table, problem) -> reasons.put(table.name(), problem.code() + ": " + problem.reason()));
            assertThat(reasons)
                    .containsOnly(
                            Map.entry(
                                    "unreadable",
                                    "SOURCE_PERMISSION: Cannot capture table public.unreadable: role " + role
                                            + " may not read table public.unreadable"),
                            Map.entry(
                                    "others",
                                    "SOURCE_PERMISSION: Cannot capture table public.others: role " + role
                                            + " does not own table public.others, which adding it to a publication needs"),
                            Map.entry(
                                    "gone",
                                    "SOURCE_TABLE_MISSING: Cannot capture table public.gone: table public.gone does not exist in"
                                            + " this database"),
                            Map.entry(
                                    "t",
                                    "SOURCE_PERMISSION: Cannot capture table closed.t: role " + role
                                            + " may not read table closed.t"));
            assertThat(source.problems(List.of())).isEmpty();
        }
    }

    @Test
    void aLostSlotIsAnErrorOnlyForWhoStillNeedsIt() throws SQLException {
        server.execute(database, "create table a (id int primary key)");
        try (LogSource source = source()) {
            prepare(source, "a");
            String token = value("select confirmed_flush_lsn from pg_replication_slots where slot_name = 'tidemark_"
                    + pipeline + "'");
            List<SourceTable> tables = source.tables();
            source.prepare(tables, Optional.of(token));
            value("select pg_drop_replication_slot('tidemark_" + pipeline + "')");
            assertError(
                    () -> source.prepare(tables, Optional.of(token)),
                    ErrorCode.SOURCE_SLOT_LOST,
                    "Cannot go on reading changes: replication slot tidemark_" + pipeline + " does not exist",
                    ErrorCode.SOURCE_SLOT_LOST.remedy());
            source.prepare(tables, Optional.empty());
            assertThat(source.status().slotExists()).isTrue();
        }
    }

    @Test
    void aSlotThatMovedPastThePipelineIsLost() throws SQLException {
        server.execute(database, "create table a (id int primary key)");
        try (LogSource source = source()) {
            prepare(source, "a");
            List<SourceTable> tables = source.tables();
            String token = value("select confirmed_flush_lsn from pg_replication_slots where slot_name = 'tidemark_"
                    + pipeline + "'");
            server.execute(database, "set synchronous_commit = on", "insert into a values (1)");
            value("select pg_replication_slot_advance('tidemark_" + pipeline + "', pg_current_wal_lsn())");
            Assertions.assertThatThrownBy(() -> source.prepare(tables, Optional.of(token)))
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_SLOT_LOST))
                    .hasMessageContaining("has moved past the pipeline (confirmed=");
        }
    }

    /** The server itself would send nothing until its log is that long, and pass over all that was written before. */
    @Test
    void aPlaceThatTheLogHasNotReachedIsRefused() throws SQLException {
        server.execute(database, "create table a (id int primary key)");
        try (LogSource source = source()) {
            prepare(source, "a");
            List<SourceTable> tables = source.tables();
            String ahead = value("select pg_current_wal_insert_lsn() + 1000000");
            Assertions.assertThatThrownBy(() -> source.openStream(Optional.of(ahead), tables))
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_BEHIND))
                    .hasMessageContaining("captured=" + ahead);
        }
    }

    @Test
    void aDroppedPublicationIsALostSlotForWhoStillNeedsIt() throws SQLException {
        server.execute(database, "create table a (id int primary key)");
        try (LogSource source = source()) {
            prepare(source, "a");
            List<SourceTable> tables = source.tables();
            String token = value("select confirmed_flush_lsn from pg_replication_slots where slot_name = 'tidemark_"
                    + pipeline + "'");
            server.execute(database, "drop publication tidemark_" + pipeline);
            assertError(
                    () -> source.prepare(tables, Optional.of(token)),
                    ErrorCode.SOURCE_SLOT_LOST,
                    "Cannot go on reading changes: a publication was dropped (publications=[tidemark_" + pipeline
                            + ", tidemark_" + pipeline + "_inserts])",
                    ErrorCode.SOURCE_SLOT_LOST.remedy());
            source.prepare(tables, Optional.empty());
            assertThat(value(MEMBERS)).isEqualTo("tidemark_" + pipeline + ":a");
        }
    }

    @Test
    void aSlotOfAnotherDatabaseIsLeftAlone() throws SQLException {
        server.execute(database, "create table a (id int primary key)");
        String other = server.createDatabase();
        server.execute(other, "create table a (id int primary key)");
        try (LogSource mine = source();
                LogSource theirs = TestSource.open(server, other, pipeline)) {
            prepare(mine, "a");
            assertError(
                    () -> theirs.prepare(theirs.tables(), Optional.empty()),
                    ErrorCode.SOURCE_SLOT_IN_USE,
                    "Cannot use replication slot: it belongs to another database or plug-in (slot=tidemark_" + pipeline
                            + ")",
                    "Give this pipeline another slot with source.slot, or drop that one: SELECT pg_drop_replication_slot('tidemark_"
                            + pipeline + "');");
            theirs.remove();
            assertThat(mine.status().slotExists()).isTrue();
        }
    }

    @Test
    void aPublicationOfAnotherPipelineIsLeftAlone() throws SQLException {
        server.execute(database, "create table a (id int primary key)");
        try (LogSource mine = TestSource.open(server, database, "a-b_" + database);
                LogSource theirs = TestSource.open(
                        server, database, "a_b_" + database, Map.of("slot", "other_" + database), TypeChoices.NONE)) {
            mine.prepare(mine.tables(), Optional.empty());
            assertError(
                    () -> theirs.prepare(theirs.tables(), Optional.empty()),
                    ErrorCode.SOURCE_SLOT_IN_USE,
                    "Cannot use publication: it belongs to another pipeline (publication=tidemark_a_b_" + database
                            + ", pipeline=a-b_" + database + ")",
                    "Give this pipeline another name, or names of its own with source.slot and source.publication.");
            theirs.remove();
            assertThat(value("select count(*) from pg_publication")).isEqualTo("2");
        }
    }

    @Test
    void aLockedTableIsWaitedFor() throws Exception {
        server.execute(database, "create table a (id int primary key)", "insert into a values (1)");
        try (LogSource source = source();
                Connection blocker = server.connect(database)) {
            List<SourceTable> tables = source.tables();
            blocker.setAutoCommit(false);
            blocker.createStatement().execute("lock table a in share update exclusive mode");
            Thread release = new Thread(() -> {
                try (Connection watcher = server.connect(database)) {
                    org.awaitility.Awaitility.await()
                            .until(() -> !TestSource.value(
                                            watcher,
                                            "select count(*) from pg_locks where not granted and relation = 'a'::regclass")
                                    .equals("0"));
                    blocker.commit();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            release.start();
            source.prepare(tables, Optional.empty());
            release.join();
            assertThat(value(MEMBERS)).isEqualTo("tidemark_" + pipeline + ":a");
        }
    }

    @Test
    void publishesManyTablesWithHostileNames() throws SQLException {
        String longest = "ü".repeat(31) + "x";
        server.execute(
                database,
                "create schema \"we\"\"ird. Schéma\"",
                "create table \"we\"\"ird. Schéma\".\"Tab'le \"\" ; drop\" (\"I d\" int primary key)",
                "create table \"" + longest + "\" (\"" + longest + "\" int primary key)",
                "do $$ begin for i in 1..1100 loop execute format('create table many_%s (id int primary key)', i); end loop; end $$");
        try (LogSource source = source()) {
            source.prepare(source.tables(), Optional.empty());
            assertThat(value("select count(*) from pg_publication_tables where pubname = 'tidemark_" + pipeline + "'"))
                    .isEqualTo("1102");
            assertThat(source.tables())
                    .extracting(SourceTable::id)
                    .contains(new TableId("we\"ird. Schéma", "Tab'le \" ; drop"));
            source.remove();
        }
    }

    private LogSource source() {
        return TestSource.open(server, database, pipeline);
    }

    private static void prepare(LogSource source, String... names) {
        List<String> wanted = List.of(names);
        source.prepare(
                source.tables().stream()
                        .filter(table -> wanted.contains(table.id().name()))
                        .toList(),
                Optional.empty());
    }

    private static SourceTable table(String name) {
        return new SourceTable(
                new RowSchema(new TableId("public", name), List.of(), List.of(), BeforeImage.NONE, "1"),
                -1,
                -1,
                List.of());
    }

    private String catalogState() throws SQLException {
        return value(
                        "select string_agg(t::text, ';') from (select xmin, oid from pg_publication union all select xmin, oid from"
                                + " pg_publication_rel order by 2) t")
                + value(
                        "select restart_lsn || ' ' || confirmed_flush_lsn from pg_replication_slots where slot_name = 'tidemark_"
                                + pipeline + "'");
    }

    private String value(String sql) throws SQLException {
        try (Connection connection = server.connect(database)) {
            return TestSource.value(connection, sql);
        }
    }

    private static void assertError(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ErrorCode code, String reason, String remedy) {
        Assertions.assertThatThrownBy(call).isInstanceOfSatisfying(TidemarkException.class, e -> {
            assertThat(e.reason()).isEqualTo(reason);
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.remedy()).isEqualTo(remedy);
        });
    }
}
