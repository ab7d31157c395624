package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of a table's columns, key and identity while the pipeline runs: the mirror follows, and is equal afterwards. */
class SchemaChangeIT {
    private static final TableId T = new TableId("public", "t");

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
    void columnsAreAddedDroppedAndRenamedInPlace() throws Exception {
        try (MirroredDatabase mirrored = live("create table t (id int primary key, a text, b int)")) {
            mirrored.execute(
                    "insert into t values (1, 'before', 1), (2, 'before', 2)",
                    "alter table t add column c numeric(10,2)",
                    "insert into t values (3, 'between', 3, 3.25)",
                    "alter table t rename column a to name",
                    "update t set name = 'after' where id = 1",
                    "alter table t drop column b",
                    "insert into t (id, name, c) values (4, 'after', null)",
                    "alter table t add column b bigint",
                    "update t set b = 7 where id = 2");
            mirrored.prove();
            assertThat(mirrored.query("select id, name, c::varchar, b from t order by id"))
                    .containsExactly(
                            Arrays.asList(1, "after", null, null),
                            Arrays.asList(2, "before", null, 7L),
                            Arrays.asList(3, "between", "3.25", null),
                            Arrays.asList(4, "after", null, null));
            assertInPlace(mirrored);
            assertThat(LakeTampering.read(mirrored, T)).hasSize(4);
        }
    }

    @Test
    void ddlInsideTransactionsAndAcrossRestartsIsFollowed() throws Exception {
        try (MirroredDatabase mirrored = live("create table t (id int primary key, doc text, n numeric(4,1))")) {
            mirrored.execute(
                    "insert into t select i, repeat(md5(i::text), 300), i / 10.0 from generate_series(1, 50) i");
            mirrored.execute("do $$ begin"
                    + " update t set n = n + 1 where id <= 20;"
                    + " alter table t add column x int;"
                    + " update t set x = id where id <= 10;"
                    + " alter table t rename column doc to body;"
                    + " alter table t alter column n type numeric(30,1);"
                    + " update t set n = 12345678901234567890.5 where id = 7;"
                    + " delete from t where id = 50;"
                    + " end $$");
            mirrored.prove();
            mirrored.stop();
            mirrored.execute(
                    "alter table t rename column x to y",
                    "update t set y = -1 where id = 3",
                    "alter table t drop column body",
                    "insert into t values (60, 6.5, 60)");
            mirrored.start();
            mirrored.prove();
            assertThat(mirrored.query("select id, n::varchar, y from t where id in (3, 7, 60) order by id"))
                    .containsExactly(
                            Arrays.asList(3, "1.3", -1),
                            Arrays.asList(7, "12345678901234567890.5", 7),
                            Arrays.asList(60, "6.5", 60));
        }
    }

    @Test
    void columnsThatCameWithAValueHaveItInOlderRows() throws Exception {
        try (MirroredDatabase mirrored = live("create table t (id int primary key, note text)")) {
            mirrored.execute(
                    "insert into t select i, repeat('x', 3000) from generate_series(1, 20) i",
                    "do $$ begin"
                            + " update t set note = 'short' where id = 1;"
                            + " alter table t"
                            + "  add b boolean not null default true, add i smallint default -7, add l bigint default 1e15,"
                            + "  add r real default 1.5, add d float8 default -0.1, add n numeric(6,2) default 12.5,"
                            + "  add w numeric(30,4) default -0.0001, add s text default E'it''s \\ä', add c char(4) default 'ab',"
                            + "  add y bytea default '\\x00ff61', add u uuid default '00000000-0000-0000-0000-00000000002a',"
                            + "  add dd date default '0044-03-15 BC', add tt time default '23:59:59.999999',"
                            + "  add ts timestamp default '2020-02-29 12:00:00.000001', add tz timestamptz default '1969-12-31 23:59:59+00',"
                            + "  add j jsonb default '{\"a\": [1]}', add iv interval default '1 day',"
                            + "  add un numeric default 1e20;"
                            + " insert into t (id, note) values (30, 'new');"
                            + " update t set i = 9, s = null where id = 2;"
                            + " delete from t where id = 3;"
                            + " end $$",
                    "update t set l = 5 where id = 4");
            mirrored.prove();
            assertInPlace(mirrored);
            assertThat(mirrored.query(
                            "select count(*), count(distinct (b, l, d, n, w, c, y, u, dd, tt, ts, tz, j, iv, un))"
                                    + " from t where id <> 4"))
                    .containsExactly(List.of(19L, 1L));
            assertThat(LakeTampering.read(mirrored, T))
                    .hasSize(20)
                    .allSatisfy(row -> assertThat(row.getField("u").toString()).endsWith("2a"));
            mirrored.execute(
                    "alter table t alter column i set default 8, alter column b drop default",
                    "insert into t (id, b) values (31, false)",
                    "alter table t rename column u to v");
            mirrored.execute("update t set note = 'last' where id = 5");
            mirrored.prove();
            assertInPlace(mirrored);
        }
    }

    @Test
    void aListOrStructThatCameWithAValueHasTheTableLoadedAgain() throws Exception {
        try (MirroredDatabase mirrored =
                live("create type pair as (a int, b text)", "create table t (id int primary key)")) {
            mirrored.execute(
                    "insert into t values (1)",
                    "alter table t add column l int[] default '{1,null}', add column p pair default row(1, 'x')::pair",
                    "insert into t (id, l) values (2, '{}')");
            reloaded(mirrored);
            mirrored.prove();
            assertThat(mirrored.query("select id, l::varchar, p.b from t order by id"))
                    .containsExactly(List.of(1, "[1, NULL]", "x"), List.of(2, "[]", "x"));
        }
    }

    @Test
    void historyShowsEachVersionOfTheTable() throws Exception {
        try (MirroredDatabase mirrored = live("create table t (id int primary key, a text, n numeric(4,1))")) {
            mirrored.execute(
                    "insert into t select 1, string_agg(md5(i::text), ''), 1.5 from generate_series(1, 300) i",
                    "do $$ begin"
                            + " update t set n = 2.5 where id = 1;"
                            + " alter table t rename column a to b;"
                            + " alter table t drop column n, add column c text;"
                            + " update t set c = 'c' where id = 1;"
                            + " end $$",
                    "alter table t alter column c type int[] using array[7]",
                    "update t set b = 'short' where id = 1");
            reloaded(mirrored);
            mirrored.prove();
            String events = "select _tidemark_op, id, left(b, 5), c, _tidemark_unchanged from history.t"
                    + " order by _tidemark_position, _tidemark_sequence";
            assertThat(mirrored.query(events))
                    .containsExactly(
                            Arrays.asList("I", 1, "c4ca4", null, null),
                            Arrays.asList("U", 1, null, null, List.of("b")),
                            Arrays.asList("U", 1, null, "c", List.of("b")),
                            Arrays.asList("U", 1, "short", "[7]", null));
            mirrored.execute(
                    "drop table t", "create table t (b text, id int primary key)", "insert into t values ('new', 9)");
            Awaitility.await()
                    .atMost(MirroredDatabase.PATIENCE)
                    .ignoreExceptionsInstanceOf(TidemarkException.class)
                    .until(() -> mirrored.query("select b, id from t").equals(List.of(List.of("new", 9))));
            mirrored.awaitLive("t");
            mirrored.execute("insert into t values ('newer', 10)");
            mirrored.prove();
            assertThat(mirrored.query("select b, id from history.t where _tidemark_op = 'I' and id <> 9"))
                    .as("the earlier table's columns are found by name, and it had no b at first")
                    .containsExactly(Arrays.asList(null, 1), List.of("newer", 10));
        }
    }

    @Test
    void aChangeThatNoRowFollowedYetIsSaidByTheProof() throws Exception {
        try (MirroredDatabase mirrored =
                live("create table t (id int primary key, v int)", "create table u (id int primary key)")) {
            mirrored.awaitLive("u");
            mirrored.execute("insert into t values (1, 1)");
            mirrored.prove();
            mirrored.execute("alter table t rename column v to w");
            assertThat(mirrored.verify().proofs())
                    .extracting(proof -> proof.table().name() + " " + proof.outcome() + " " + proof.reason())
                    .containsExactlyInAnyOrder(
                            "u EQUAL ",
                            "t UNPROVEN Cannot read table \"public\".\"t\": column v does not exist,"
                                    + " and no row has changed since");
            mirrored.execute("update t set w = 2");
            mirrored.prove();
            assertThat(mirrored.query("select id, w from t")).containsExactly(List.of(1, 2));
            mirrored.execute("alter table t add column x int");
            assertThat(mirrored.verify().proofs())
                    .extracting(proof -> proof.table().name() + " " + proof.outcome() + " " + proof.reason())
                    .contains("t UNPROVEN Cannot read table \"public\".\"t\": its columns are no longer those that were"
                            + " registered (column=x), and no row has changed since");
            mirrored.execute("update t set x = 3");
            mirrored.prove();
        }
    }

    @Test
    void aRenamedKeyIsTheSameKey() throws Exception {
        try (MirroredDatabase mirrored = live("create table t (id int primary key, v text)")) {
            mirrored.execute(
                    "insert into t values (1, 'a'), (2, 'b')",
                    "alter table t rename column id to key",
                    "update t set v = 'c' where key = 1",
                    "delete from t where key = 2");
            mirrored.prove();
            assertThat(mirrored.query("select key, v from t")).containsExactly(List.of(1, "c"));
            assertInPlace(mirrored);
        }
    }

    @Test
    void aColumnDroppedAndAddedAgainUnderItsNameIsAnotherColumn() throws Exception {
        try (MirroredDatabase mirrored = live("create table t (id int primary key, v int)")) {
            mirrored.execute(
                    "insert into t values (1, 1), (2, 2)",
                    "begin; alter table t drop column v; alter table t add column v int; commit",
                    "insert into t values (3, 3)");
            reloaded(mirrored);
            mirrored.prove();
            assertThat(mirrored.query("select id, v from t order by id"))
                    .containsExactly(Arrays.asList(1, null), Arrays.asList(2, null), List.of(3, 3));
        }
    }

    @Test
    void whatRewritesRowsLoadsThatTableAgain() throws Exception {
        try (MirroredDatabase mirrored = live(
                "create table t (id int primary key, v int)",
                "create table u (id int primary key, v int)",
                "insert into u values (1, 1)")) {
            mirrored.execute(
                    "insert into t values (1, 10), (2, 20)",
                    "alter table t add column d text not null default 'd'",
                    "alter table t alter column v type bigint using v * 2",
                    "insert into t values (3, 30, 'x')",
                    "update u set v = 2");
            reloaded(mirrored);
            mirrored.prove();
            assertThat(mirrored.query("select id, v, d from t order by id"))
                    .containsExactly(List.of(1, 20L, "d"), List.of(2, 40L, "d"), List.of(3, 30L, "x"));
            assertThat(record(mirrored, new TableId("public", "u")).notices()).isEmpty();
        }
    }

    @Test
    void aNewKeyAndARecreatedTableAreLoadedAgain() throws Exception {
        try (MirroredDatabase mirrored = live("create table t (id int primary key, v int not null)")) {
            mirrored.execute(
                    "insert into t values (1, 10), (2, 20)",
                    "alter table t drop constraint t_pkey",
                    "alter table t add primary key (id, v)",
                    "insert into t values (1, 11)");
            reloaded(mirrored);
            mirrored.prove();
            mirrored.execute(
                    "drop table t", "create table t (v int, id int primary key)", "insert into t values (5, 6)");
            // Between the two mirrors there is none.
            Awaitility.await()
                    .atMost(MirroredDatabase.PATIENCE)
                    .ignoreExceptionsInstanceOf(TidemarkException.class)
                    .until(() -> mirrored.query("select v, id from t").equals(List.of(List.of(5, 6))));
            mirrored.awaitLive("t");
            mirrored.execute("insert into t values (7, 8)");
            mirrored.prove();
            assertThat(mirrored.query("select v, id from t order by id")).containsExactly(List.of(5, 6), List.of(7, 8));
        }
    }

    private MirroredDatabase live(String... setup) throws Exception {
        MirroredDatabase mirrored =
                new MirroredDatabase(server, server.createDatabase(), folder, "slices: {interval: 1s}\n");
        mirrored.execute(setup);
        mirrored.start();
        mirrored.awaitLive("t");
        return mirrored;
    }

    private static TableRecord record(MirroredDatabase mirrored, TableId table) {
        return mirrored.pipeline().registry().find(table).orElseThrow();
    }

    private static void assertInPlace(MirroredDatabase mirrored) {
        assertThat(record(mirrored, T).notices()).isEmpty();
    }

    /** Waits until the table was loaded again, and is live. */
    private static void reloaded(MirroredDatabase mirrored) {
        Awaitility.await().atMost(MirroredDatabase.PATIENCE).untilAsserted(() -> {
            TableRecord record = record(mirrored, T);
            assertThat(record.notices()).anyMatch(notice -> notice.startsWith("loaded again since "));
            assertThat(record.state()).isEqualTo(TableState.LIVE);
        });
    }
}
