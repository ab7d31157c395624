package io.tidemark.source.postgres.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.SchemaChange;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What arrives of transactions that the server sends at their commit. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChangeStreamIT {
    private EmbeddedPostgresServer server;
    private StreamProbe probe;

    @BeforeAll
    void startServer() {
        server = EmbeddedPostgresServer.start();
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @BeforeEach
    void connect(@TempDir Path scratch) throws SQLException {
        probe = new StreamProbe(server, scratch);
    }

    @AfterEach
    void disconnect() throws SQLException {
        probe.close();
    }

    @Test
    void deliversEveryKindOfChangeInCommitOrder() throws SQLException {
        probe.execute("create table t (id int primary key, note text, amount numeric(10,2))");
        probe.open();
        Instant before = Instant.now().minusSeconds(60);
        probe.execute("insert into t values (1, 'a', 1.5), (2, null, null)");
        probe.execute("update t set note = 'b' where id = 1");
        probe.transaction("update t set id = 3 where id = 2", "delete from t where id = 1");
        probe.execute("truncate t");
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(id=1, note='a', amount=150)",
                        "I public.t(id=2, note=null, amount=null)",
                        "commit",
                        "U public.t(id=1, note='b', amount=150)",
                        "commit",
                        "B public.t(id=2, note=null, amount=null)",
                        "U public.t(id=3, note=null, amount=null)",
                        "D public.t(id=1, note=null, amount=null)",
                        "commit",
                        "T public.t(id=null, note=null, amount=null)",
                        "commit");
        assertThat(probe.sink.rows).extracting(RecordingSink.Row::sequence).containsExactly(0L, 1L, 0L, 0L, 1L, 2L, 0L);
        assertThat(probe.sink.commits)
                .extracting(RecordingSink.Commit::position)
                .isSorted();
        for (RecordingSink.Row row : probe.sink.rows) {
            RecordingSink.Commit commit = probe.sink.commits.stream()
                    .filter(one -> one.position().equals(new Position(row.position())))
                    .findFirst()
                    .orElseThrow();
            assertThat(row.commitMicros()).isEqualTo(commit.commitMicros());
            assertThat(Instant.EPOCH.plus(row.commitMicros(), ChronoUnit.MICROS))
                    .isBetween(before, Instant.now());
            assertThat(row.transaction()).isPositive();
        }
        assertThat(probe.sink.schemas).allSatisfy(schema -> assertThat(schema).isSameAs(probe.sink.schemas.get(0)));
        assertThat(probe.sink.schemas.get(0).key()).containsExactly("id");
    }

    @Test
    void deliversListsAndStructsAndKeysAsText() throws SQLException {
        probe.execute(
                "create type pair as (a int, b text)",
                "create table t (id int[] primary key, l int[], p pair, ps pair[], big text[])",
                "alter table t alter big set storage external");
        probe.open();
        probe.execute("insert into t values ('{1}', '{1,NULL}', row(1, null), array[row(2, 'x')::pair, null],"
                + " array[repeat('x', 10000)])");
        probe.execute("update t set l = '{}', p = row(null, null), ps = '{}'");
        probe.execute("update t set id = '{{2}}', l = null, p = null");
        // No list, and its row is not half a row afterwards.
        probe.execute("update t set ps = '[0:1]={\"(7,a)\",\"(8,b)\"}'");
        probe.execute("delete from t");
        String big = "['" + "x".repeat(10_000) + "']";
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(id='{1}', l=[1, null], p={1, null}, ps=[{2, 'x'}, null], big=" + big + ")",
                        "commit",
                        "U public.t(id='{1}', l=[], p={null, null}, ps=[], big=unchanged)",
                        "commit",
                        "B public.t(id='{1}', l=null, p=null, ps=null, big=null)",
                        "U public.t(id='{{2}}', l=null, p=null, ps=[], big=unchanged)",
                        "commit",
                        "rejected public.t",
                        "commit",
                        "D public.t(id='{{2}}', l=null, p=null, ps=null, big=null)",
                        "commit");
        assertThat(probe.sink.rejections.get(0).reason().code()).isEqualTo(ErrorCode.SOURCE_VALUE);
    }

    @Test
    void compositeValuesWhoseTypeHasChangedComeAsTextUnderAnotherSchema() throws SQLException {
        probe.execute(
                "create type pair as (a int, b text)",
                "create table t (id int primary key, p pair, n int[])",
                "alter table t replica identity full");
        probe.open();
        probe.execute("insert into t values (1, row(1, 'x'), '{1}')");
        assertThat(probe.take()).containsExactly("I public.t(id=1, p={1, 'x'}, n=[1])", "commit");
        RowSchema before = probe.sink.schemas.get(0);
        probe.execute("alter type pair add attribute c date");
        probe.transaction(
                "insert into t values (2, null, null)",
                "update t set p = row(2, 'y', '2026-01-01') where id = 1",
                "insert into t values (3, row(3, null, null), '{3}')");
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(id=2, p=null, n=null)",
                        "B public.t(id=1, p='(1,x,)', n=[1])",
                        "U public.t(id=1, p='(2,y,2026-01-01)', n=[1])",
                        "I public.t(id=3, p='(3,,)', n=[3])",
                        "commit");
        assertThat(probe.sink.rows).extracting(RecordingSink.Row::sequence).containsExactly(0L, 1L, 2L, 3L);
        RowSchema after = probe.sink.schemas.get(probe.sink.schemas.size() - 1);
        assertThat(after.columns().get(1).type()).isEqualTo(ColumnType.STRING);
        assertThat(before.columns().get(1).sourceType()).isEqualTo("public.pair(a integer, b text)");
        assertThat(after.columns().get(1).sourceType()).isEqualTo("public.pair");
        assertThat(new SchemaChange(before, after).obstacle()).isPresent();
    }

    @Test
    void leavesOutWhatRolledBack() throws SQLException {
        probe.execute("create table t (id int primary key)");
        probe.open();
        probe.transaction(
                "insert into t values (1)",
                "savepoint s",
                "insert into t values (2)",
                "rollback to s",
                "insert into t values (3)");
        probe.execute("begin", "insert into t values (4)", "rollback");
        assertThat(probe.take()).containsExactly("I public.t(id=1)", "I public.t(id=3)", "commit");
    }

    @Test
    void marksUnchangedToastedValues() throws SQLException {
        probe.execute(
                "create table t (id int primary key, big text, small int)",
                "alter table t alter big set storage external");
        probe.open();
        String big = "x".repeat(10_000);
        probe.execute("insert into t values (1, repeat('x', 10000), 1)");
        probe.execute("update t set small = 2");
        probe.execute("update t set id = 2");
        probe.execute("update t set big = null");
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(id=1, big='" + big + "', small=1)",
                        "commit",
                        "U public.t(id=1, big=unchanged, small=2)",
                        "commit",
                        "B public.t(id=1, big=null, small=null)",
                        "U public.t(id=2, big=unchanged, small=2)",
                        "commit",
                        "U public.t(id=2, big=null, small=2)",
                        "commit");
    }

    @Test
    void sendsWholeOldRowsOfFullIdentityAndFillsWhatDidNotChange() throws SQLException {
        probe.execute(
                "create table t (id int primary key, big text, small int)",
                "alter table t alter big set storage external",
                "alter table t replica identity full");
        probe.register("t", List.of("id"), BeforeImage.FULL);
        probe.open();
        String big = "x".repeat(10_000);
        probe.execute("insert into t values (1, repeat('x', 10000), 1)");
        probe.execute("update t set small = 2");
        probe.execute("delete from t");
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(id=1, big='" + big + "', small=1)",
                        "commit",
                        "B public.t(id=1, big='" + big + "', small=1)",
                        "U public.t(id=1, big='" + big + "', small=2)",
                        "commit",
                        "D public.t(id=1, big='" + big + "', small=2)",
                        "commit");
        RowSchema schema = probe.sink.schemas.get(0);
        assertThat(schema.key()).containsExactly("id");
        assertThat(schema.beforeImage()).isEqualTo(BeforeImage.FULL);
    }

    @Test
    void carriesTablesWithoutAKey() throws SQLException {
        probe.execute(
                "create table h (a int, b text)",
                "create table f (a int, b text)",
                "alter table f replica identity full");
        probe.open();
        probe.execute("insert into h values (1, ''), (1, ''), (null, null)");
        probe.execute("insert into f values (1, 'x'), (1, 'x')");
        probe.execute("update f set b = null where ctid = (select min(ctid) from f)");
        probe.execute("delete from f where b = 'x'");
        assertThat(probe.take())
                .containsExactly(
                        "I public.h(a=1, b='')",
                        "I public.h(a=1, b='')",
                        "I public.h(a=null, b=null)",
                        "commit",
                        "I public.f(a=1, b='x')",
                        "I public.f(a=1, b='x')",
                        "commit",
                        "B public.f(a=1, b='x')",
                        "U public.f(a=1, b=null)",
                        "commit",
                        "D public.f(a=1, b='x')",
                        "commit");
        assertThat(probe.sink.schemas).allMatch(schema -> schema.key().isEmpty());
    }

    @Test
    void truncatesEveryTableOfACascade() throws SQLException {
        probe.execute(
                "create table parent (id int primary key)",
                "create table child (id int primary key, p int references parent)",
                "create table other (id int primary key)");
        probe.open();
        probe.execute("insert into parent values (1)", "insert into child values (1, 1)");
        probe.transaction("truncate parent cascade", "insert into parent values (2)");
        List<String> lines = probe.take();
        assertThat(lines.subList(4, lines.size()))
                .containsExactlyInAnyOrder(
                        "T public.parent(id=null)",
                        "T public.child(id=null, p=null)",
                        "I public.parent(id=2)",
                        "commit");
        assertThat(lines.get(6)).isEqualTo("I public.parent(id=2)");
    }

    @Test
    void makesANewSchemaWhenTheTableChangesInsideATransaction() throws SQLException {
        probe.execute("create table t (id int primary key, a int not null)");
        probe.register("t", List.of("id"), BeforeImage.KEY);
        probe.open();
        probe.transaction(
                "insert into t values (1, 1)",
                "alter table t add column b text default 'd'",
                "insert into t values (2, 2, 'x')",
                "alter table t drop column a",
                "insert into t values (3, 'y')");
        probe.execute("insert into t values (4, 'z')");
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(id=1, a=1)",
                        "I public.t(id=2, a=2, b='x')",
                        "I public.t(id=3, b='y')",
                        "commit",
                        "I public.t(id=4, b='z')",
                        "commit");
        List<RowSchema> schemas = probe.sink.schemas;
        assertThat(schemas.get(0)).isNotEqualTo(schemas.get(1)).isNotEqualTo(schemas.get(2));
        assertThat(schemas.get(3)).isSameAs(schemas.get(2));
        assertThat(schemas.get(0).columns())
                .containsExactly(
                        new Column("id", ColumnType.INT32, false, "integer"),
                        new Column("a", ColumnType.INT32, false, "integer"));
        assertThat(schemas.get(2).columns())
                .containsExactly(
                        new Column("id", ColumnType.INT32, false, "integer"),
                        new Column("b", ColumnType.STRING, true, "text"));
    }

    @Test
    void keepsTheSchemaObjectWhenOnlyAnIndexIsMade() throws SQLException {
        probe.execute("create table t (id int primary key, a int)");
        probe.open();
        probe.execute(
                "insert into t values (1, 1)", "create index on t (a)", "analyze t", "insert into t values (2, 2)");
        assertThat(probe.take()).contains("I public.t(id=1, a=1)", "I public.t(id=2, a=2)");
        assertThat(probe.sink.schemas).hasSize(2);
        assertThat(probe.sink.schemas.get(0)).isSameAs(probe.sink.schemas.get(1));
    }

    @Test
    void takesTheKeyFromTheRegisteredTableInItsOrder() throws SQLException {
        probe.execute("create table t (a int, b int, c int, primary key (b, a))");
        probe.register("t", List.of("b", "a"), BeforeImage.KEY);
        probe.open();
        probe.execute("insert into t values (1, 2, 3)");
        probe.execute("alter table t drop constraint t_pkey, add primary key (c)", "update t set c = 4");
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(a=1, b=2, c=3)",
                        "commit",
                        "B public.t(a=null, b=null, c=3)",
                        "U public.t(a=1, b=2, c=4)",
                        "commit");
        assertThat(probe.sink.schemas.get(0).key()).containsExactly("b", "a");
        assertThat(probe.sink.schemas.get(1).key()).containsExactly("c");
    }

    @Test
    void keepsAnyNameAndText() throws SQLException {
        String table = "T \"quo'ted\" ünï " + "n".repeat(40);
        String column = "C \"q'\" %s \\ " + "c".repeat(51);
        assertThat(column.length()).isEqualTo(63);
        probe.publishAs("odd \"pub'lication\"");
        probe.execute(
                "create schema \"S.x\"",
                "create table \"S.x\".\"" + table.replace("\"", "\"\"") + "\" (\"" + column.replace("\"", "\"\"")
                        + "\" text primary key, \"\u00e9\" text)");
        probe.open();
        probe.execute("insert into \"S.x\".\"" + table.replace("\"", "\"\"")
                + "\" values ('', ''), (' ', null), ('水🐘\n''\\', 'null')");
        assertThat(probe.take())
                .containsExactly(
                        "I S.x." + table + "(" + column + "='', \u00e9='')",
                        "I S.x." + table + "(" + column + "=' ', \u00e9=null)",
                        "I S.x." + table + "(" + column + "='水🐘\n'\\', \u00e9='null')",
                        "commit");
    }

    @Test
    void deliversCopyAndUpsertAndMerge() throws Exception {
        probe.execute("create table t (id int primary key, n int)");
        probe.open();
        probe.copy("copy t from stdin", "1\t1\n2\t\\N\n");
        probe.execute("insert into t values (1, 5), (3, 3) on conflict (id) do update set n = excluded.n");
        probe.execute("insert into t values (1, 9) on conflict do nothing");
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(id=1, n=1)",
                        "I public.t(id=2, n=null)",
                        "commit",
                        "U public.t(id=1, n=5)",
                        "I public.t(id=3, n=3)",
                        "commit");
    }

    @Test
    void rejectsOnlyTheRowThatCannotBeDecoded() throws SQLException {
        probe.execute("create table t (id date primary key, d date, q tsquery)");
        probe.open();
        probe.transaction(
                "insert into t values ('2024-01-01', null)",
                "insert into t values ('2024-01-02', 'infinity')",
                "update t set id = '2024-01-03', d = '-infinity' where id = '2024-01-01'",
                "update t set id = '2024-01-04', d = null where id = '2024-01-02'",
                "insert into t values ('2024-01-05', null, 'a & b')");
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(id=19723, d=null, q=null)",
                        "rejected public.t",
                        "rejected public.t",
                        "B public.t(id=19724, d=null, q=null)",
                        "U public.t(id=19726, d=null, q=null)",
                        "rejected public.t",
                        "commit");
        RecordingSink.Rejection rejection = probe.sink.rejections.get(0);
        assertThat(rejection.reason().code()).isEqualTo(ErrorCode.SOURCE_VALUE);
        assertThat(rejection.reason().reason())
                .isEqualTo("Cannot represent value: infinity is no date (table=public.t, column=d, type=date)");
        assertThat(rejection.sequence()).isEqualTo(1);
        assertThat(rejection.position()).isEqualTo(probe.sink.commits.get(0).position());
        assertThat(rejection.raw()).startsWith("I");
        assertThat(probe.sink.rejections.get(1).raw()).startsWith("U");
        assertThat(probe.sink.rejections.get(2).reason().code()).isEqualTo(ErrorCode.SOURCE_TYPE);
    }

    @Test
    void carriesColumnsAsTextWhenAsked() throws SQLException {
        probe.execute("create table t (id int primary key, d date, at timestamptz)");
        probe.asText("t", "d");
        probe.asText("t", "at");
        probe.register("t", List.of("id"), BeforeImage.KEY);
        probe.open();
        probe.execute("insert into t values (1, 'infinity', '2024-07-01 12:00:00.5+02')");
        assertThat(probe.take())
                .containsExactly("I public.t(id=1, d='infinity', at='2024-07-01 10:00:00.5+00')", "commit");
    }

    @Test
    void learnsTypesThatAreMadeWhileItRuns() throws SQLException {
        probe.execute("create table t (id int primary key)");
        probe.open();
        probe.execute(
                "create type mood as enum ('ok', 'so so')",
                "alter table t add column m mood, add column ms mood[]",
                "insert into t values (1, 'so so', '{ok,NULL,so so}')");
        assertThat(probe.take()).containsExactly("I public.t(id=1, m='so so', ms=['ok', null, 'so so'])", "commit");
    }

    @Test
    void deliversPartitionedTablesUnderTheirRoot() throws SQLException {
        probe.execute(
                "create table p (id int, k int, primary key (id, k)) partition by list (k)",
                "create table p1 partition of p for values in (1)",
                "create table p2 partition of p for values in (2)",
                "create publication viaroot for table p with (publish_via_partition_root = true)");
        probe.register("p", List.of("id", "k"), BeforeImage.KEY);
        probe.open();
        probe.reopenWith("viaroot");
        probe.execute("insert into p values (1, 1), (1, 2)");
        probe.execute("update p set k = 2, id = 5 where k = 1");
        assertThat(probe.take())
                .containsExactly(
                        "I public.p(id=1, k=1)",
                        "I public.p(id=1, k=2)",
                        "commit",
                        "D public.p(id=1, k=1)",
                        "I public.p(id=5, k=2)",
                        "commit");
    }

    @Test
    void deliversMarkersAndIgnoresOtherMessages() throws SQLException {
        probe.execute("create table t (id int primary key)");
        probe.open();
        probe.transaction(
                "insert into t values (1)",
                "select pg_logical_emit_message(true, 'tidemark', 'héllo')",
                "select pg_logical_emit_message(true, 'other', 'x')",
                "insert into t values (2)");
        probe.execute("select pg_logical_emit_message(false, 'tidemark', 'not in a transaction')");
        assertThat(probe.take()).containsExactly("I public.t(id=1)", "marker héllo", "I public.t(id=2)", "commit");
    }

    @Test
    void refusesASlotThatIsReadOrGone() throws SQLException {
        probe.execute("create table t (id int primary key)");
        PostgresChangeStream first = probe.open();
        assertThatThrownBy(() -> probe.open(java.util.Optional.empty()))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_SLOT_IN_USE));
        first.close();
        probe.dropSlot();
        assertThatThrownBy(() -> probe.open(java.util.Optional.empty()))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_SLOT_LOST));
    }
}
