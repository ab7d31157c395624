package io.tidemark.source.postgres.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.SchemaChange;
import io.tidemark.spi.source.RowFilter;
import io.tidemark.spi.source.RowFilter.ColumnCondition;
import io.tidemark.spi.source.RowFilter.Comparison;
import io.tidemark.spi.source.RowFilter.Operator;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TableScope;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What arrives of tables of which a part is taken. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScopedStreamIT {
    private static final String SECRET = "top-secret";

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

    private static RowFilter where(String column, Operator operator, String... literals) {
        return new RowFilter(
                List.of(new ColumnCondition(column, List.of(new Comparison(operator, List.of(literals))))));
    }

    private static TableScope rows(String column, Operator operator, String... literals) {
        return new TableScope(List.of(), Set.of(), where(column, operator, literals));
    }

    private static TableScope without(String... names) {
        return new TableScope(List.of(names), Set.of(), RowFilter.ALL);
    }

    @Test
    void anUpdateBringsARowInOrTakesItOut() throws SQLException {
        probe.execute("create table t (id int primary key, n int, note text)");
        probe.register("t", rows("n", Operator.GREATER, "10"));
        probe.open();
        probe.execute("insert into t values (1, 20, 'in'), (2, 5, 'out'), (3, null, 'null is out')");
        probe.execute("update t set n = 30 where id = 1");
        probe.execute("update t set n = 11 where id = 2");
        probe.execute("update t set n = 1 where id = 1");
        probe.execute("update t set note = 'still out' where id = 1");
        probe.transaction("update t set id = 4 where id = 2", "update t set id = 5, n = 0 where id = 4");
        probe.execute("delete from t where id = 3", "truncate t");
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(id=1, n=20, note='in')",
                        "commit",
                        "U public.t(id=1, n=30, note='in')",
                        "commit",
                        "U public.t(id=2, n=11, note='out')",
                        "commit",
                        "D public.t(id=1, n=null, note=null)",
                        "commit",
                        "D public.t(id=1, n=null, note=null)",
                        "commit",
                        "B public.t(id=2, n=null, note=null)",
                        "U public.t(id=4, n=11, note='out')",
                        "D public.t(id=4, n=null, note=null)",
                        "commit",
                        "D public.t(id=3, n=null, note=null)",
                        "commit",
                        "T public.t(id=null, n=null, note=null)",
                        "commit");
        assertThat(probe.sink.rows)
                .extracting(RecordingSink.Row::sequence)
                .containsExactly(0L, 0L, 0L, 0L, 0L, 0L, 1L, 2L, 0L, 0L);
    }

    @Test
    void wholeOldRowsTellWhetherARowWasIn() throws SQLException {
        probe.execute("create table t (id int primary key, n int)", "alter table t replica identity full");
        probe.register("t", rows("n", Operator.GREATER, "10"));
        probe.open();
        probe.execute("insert into t values (1, 20), (2, 5)");
        probe.execute("update t set n = 30 where id = 1");
        probe.execute("update t set n = 11 where id = 2");
        probe.execute("update t set n = 1 where id = 1");
        probe.execute("update t set n = 2 where id = 1");
        probe.execute("update t set id = 3, n = 12 where id = 1", "delete from t where id = 3");
        probe.execute("insert into t values (4, 1)", "delete from t where id = 4");
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(id=1, n=20)",
                        "commit",
                        "B public.t(id=1, n=20)",
                        "U public.t(id=1, n=30)",
                        "commit",
                        "I public.t(id=2, n=11)",
                        "commit",
                        "D public.t(id=1, n=30)",
                        "commit",
                        "I public.t(id=3, n=12)",
                        "commit",
                        "D public.t(id=3, n=12)",
                        "commit");
    }

    @Test
    void conditionsOnTheKeyTellWhetherARowWasIn() throws SQLException {
        probe.execute("create table t (tenant int, id int, note text, primary key (tenant, id))");
        probe.register("t", rows("tenant", Operator.EQUAL, "7"));
        probe.open();
        probe.execute("insert into t values (7, 1, 'a'), (8, 1, 'b'), (8, 2, 'c')");
        probe.execute("update t set note = 'd'", "update t set id = 3 where id = 2", "delete from t where id = 3");
        probe.execute("update t set tenant = 9 where tenant = 7", "update t set tenant = 7 where tenant = 8");
        probe.execute("delete from t");
        assertThat(probe.take())
                .filteredOn(line -> !line.equals("commit"))
                .containsExactly(
                        "I public.t(tenant=7, id=1, note='a')",
                        "U public.t(tenant=7, id=1, note='d')",
                        "D public.t(tenant=7, id=1, note=null)",
                        "I public.t(tenant=7, id=1, note='d')",
                        "D public.t(tenant=7, id=1, note=null)");
    }

    @Test
    void oldAndNewRowsOfATableWithoutAKeyAreFilteredEachByItself() throws SQLException {
        probe.execute("create table t (n int, note text)", "alter table t replica identity full");
        probe.register("t", rows("n", Operator.BETWEEN, "1", "10"));
        probe.open();
        probe.execute("insert into t values (1, 'a'), (20, 'b'), (null, 'c')");
        probe.execute("update t set n = 10 where note = 'a'");
        probe.execute("update t set n = 11 where note = 'a'");
        probe.execute("update t set n = 12 where note = 'a'");
        probe.execute("update t set n = 5 where note = 'b'");
        probe.execute("delete from t where note = 'a'", "delete from t where note = 'b'");
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(n=1, note='a')",
                        "commit",
                        "B public.t(n=1, note='a')",
                        "U public.t(n=10, note='a')",
                        "commit",
                        "D public.t(n=10, note='a')",
                        "commit",
                        "I public.t(n=5, note='b')",
                        "commit",
                        "D public.t(n=5, note='b')",
                        "commit");
    }

    @Test
    void omittedColumnsNeverArriveWhateverTheyHold() throws SQLException {
        probe.execute("create table t (secret text, id int primary key, hidden_score int, note text, pin pg_snapshot)");
        SourceTable part = probe.register("t", without("secret", "hidden_.*", "pin"));
        assertThat(part.schema().columns()).extracting(Column::name).containsExactly("id", "note");
        probe.open();
        probe.execute(
                "insert into t values ('" + SECRET + "', 1, 7, 'a', '10:20:10')",
                "update t set secret = 'x', hidden_score = null where id = 1",
                "update t set id = 2",
                "delete from t");
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(id=1, note='a')",
                        "commit",
                        "U public.t(id=1, note='a')",
                        "commit",
                        "B public.t(id=1, note=null)",
                        "U public.t(id=2, note='a')",
                        "commit",
                        "D public.t(id=2, note=null)",
                        "commit");
        assertThat(probe.sink.schemas.get(0)).isEqualTo(part.schema());
    }

    @Test
    void wholeOldRowsLackOmittedColumns() throws SQLException {
        probe.execute(
                "create table t (id int primary key, secret text, note text)", "alter table t replica identity full");
        probe.register("t", without("secret"));
        probe.open();
        probe.execute("insert into t values (1, '" + SECRET + "', 'a')", "update t set note = 'b'", "delete from t");
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(id=1, note='a')",
                        "commit",
                        "B public.t(id=1, note='a')",
                        "U public.t(id=1, note='b')",
                        "commit",
                        "D public.t(id=1, note='b')",
                        "commit");
    }

    @Test
    void aConditionCanBeOnAnOmittedColumnAndOnOneThatIsCarriedOtherwise() throws SQLException {
        probe.asText("t", "at");
        probe.execute("create table t (id int primary key, tenant int, at timestamp)");
        probe.register(
                "t",
                new TableScope(
                        List.of("tenant"),
                        Set.of(),
                        new RowFilter(List.of(
                                where("tenant", Operator.EQUAL, "7")
                                        .conditions()
                                        .get(0),
                                where("at", Operator.GREATER_OR_EQUAL, "2024-01-01")
                                        .conditions()
                                        .get(0)))));
        probe.open();
        probe.execute("insert into t values (1, 7, '2024-01-01'), (2, 8, '2024-01-01'), (3, 7, '2023-12-31'),"
                + " (4, 7, 'infinity')");
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(id=1, at='2024-01-01 00:00:00')", "I public.t(id=4, at='infinity')", "commit");
    }

    @Test
    void rejectedRowsDoNotTellOmittedValues() throws SQLException {
        probe.execute(
                "create table t (id int primary key, secret text, at date)", "alter table t replica identity full");
        probe.register("t", without("secret"));
        probe.open();
        probe.execute(
                "insert into t values (1, '" + SECRET + "', '2024-01-01')",
                "update t set at = 'infinity'",
                "delete from t");
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(id=1, at=19723)",
                        "commit",
                        "rejected public.t",
                        "commit",
                        "rejected public.t",
                        "commit");
        assertThat(probe.sink.rejections).allSatisfy(rejection -> {
            assertThat(rejection.reason().code()).isEqualTo(ErrorCode.SOURCE_VALUE);
            assertThat(rejection.raw())
                    .doesNotContain(SECRET)
                    .contains("\u0000\u0003b\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0001n");
        });
        assertThat(probe.sink.rejections.get(0).keys()).containsExactly(List.of("1"));
    }

    @Test
    void aConditionOnAValueThatWasNotSentIsNotGuessed() throws SQLException {
        probe.execute(
                "create table t (id int primary key, big text, n int)", "alter table t alter big set storage external");
        probe.register(
                "t",
                new TableScope(
                        List.of(),
                        Set.of(),
                        new RowFilter(List.of(
                                where("big", Operator.GREATER, "m").conditions().get(0),
                                where("n", Operator.NOT_EQUAL, "0").conditions().get(0)))));
        probe.open();
        String big = "z".repeat(10_000);
        probe.execute(
                "insert into t values (1, repeat('z', 10000), 1)",
                "update t set n = 2",
                "update t set n = 0",
                "alter table t replica identity full",
                "update t set n = 3");
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(id=1, big='" + big + "', n=1)",
                        "commit",
                        "rejected public.t",
                        "commit",
                        "D public.t(id=1, big=null, n=null)",
                        "commit",
                        "I public.t(id=1, big='" + big + "', n=3)",
                        "commit");
        RecordingSink.Rejection rejection = probe.sink.rejections.get(0);
        assertThat(rejection.reason().code()).isEqualTo(ErrorCode.SOURCE_VALUE);
        assertThat(rejection.reason().reason()).contains("table=public.t, column=big");
        assertThat(rejection.reason().remedy()).contains("REPLICA IDENTITY FULL");
        assertThat(rejection.keys()).containsExactly(List.of("1"));
    }

    @Test
    void aValueThatWasNotSentIsSurelyNotNull() throws SQLException {
        probe.execute(
                "create table t (id int primary key, big text, n int)", "alter table t alter big set storage external");
        probe.register("t", rows("big", Operator.NOT_NULL));
        probe.open();
        probe.execute(
                "insert into t values (1, repeat('z', 10000), 1), (2, null, 1)",
                "update t set n = 2",
                "update t set big = null");
        assertThat(probe.take().stream().map(line -> line.replaceAll("z+", "z")).toList())
                .containsExactly(
                        "I public.t(id=1, big='z', n=1)",
                        "commit",
                        "U public.t(id=1, big=unchanged, n=2)",
                        "D public.t(id=2, big=null, n=null)",
                        "commit",
                        "D public.t(id=1, big=null, n=null)",
                        "D public.t(id=2, big=null, n=null)",
                        "commit");
    }

    @Test
    void aConditionThatNoLongerFitsRejectsTheRowsOfItsTableOnly() throws SQLException {
        for (String change :
                List.of("alter table t rename n to m", "alter table t drop n", "alter table t alter n type bigint")) {
            probe.execute(
                    "drop table if exists t, other",
                    "create table t (id int primary key, n int)",
                    "create table other (id int primary key)");
            probe.register("t", rows("n", Operator.GREATER, "10"));
            probe.reopen();
            probe.execute("insert into t values (1, 20)", change, "insert into t (id) values (2)", "delete from t");
            probe.execute("insert into other values (1)");
            assertThat(probe.take())
                    .as(change)
                    .containsExactly(
                            "I public.t(id=1, n=20)",
                            "commit",
                            "rejected public.t",
                            "commit",
                            "rejected public.t",
                            "rejected public.t",
                            "commit",
                            "I public.other(id=1)",
                            "commit");
            assertThat(probe.sink.rejections).allSatisfy(rejection -> {
                assertThat(rejection.reason().code()).isEqualTo(ErrorCode.CONFIG_INVALID);
                assertThat(rejection.reason().reason()).contains("public.t").contains("column n");
            });
        }
    }

    @Test
    void aConditionOnAColumnThatWasMadeAnewHasTheTableLoadedAgain() throws SQLException {
        probe.execute("create table t (id int primary key, n int)");
        for (List<String> omitted : List.of(List.<String>of(), List.of("n"))) {
            SourceTable part =
                    probe.register("t", new TableScope(omitted, Set.of(), where("n", Operator.GREATER, "10")));
            probe.reopen();
            probe.execute("alter table t drop n, add n int", "insert into t values (" + omitted.size() + ", 20)");
            probe.take();
            assertThat(obstacles(part))
                    .isNotEmpty()
                    .allSatisfy(obstacle -> assertThat(obstacle).isPresent());
        }
    }

    @Test
    void anOmittedColumnStaysOutWhenItIsRenamed() throws SQLException {
        probe.execute("create table t (id int primary key, secret text, note text)");
        SourceTable part = probe.register("t", without("secret"));
        probe.open();
        List<String> lines = new ArrayList<>();
        for (String change : List.of(
                "insert into t values (1, 'a', 'b')",
                "alter table t rename secret to plain; insert into t values (2, 'a', 'b')",
                "alter table t add extra int; insert into t values (3, 'a', 'b', 4)",
                "alter table t rename plain to again; insert into t values (4, 'a', 'b', 5)",
                "alter table t drop again; insert into t values (5, 'b', 6)")) {
            probe.execute(change);
            lines.addAll(probe.take());
            assertThat(obstacles(part))
                    .allSatisfy(obstacle -> assertThat(obstacle).isEmpty());
        }
        assertThat(lines)
                .filteredOn(line -> !line.equals("commit"))
                .containsExactly(
                        "I public.t(id=1, note='b')",
                        "I public.t(id=2, note='b')",
                        "I public.t(id=3, note='b', extra=4)",
                        "I public.t(id=4, note='b', extra=5)",
                        "I public.t(id=5, note='b', extra=6)");
    }

    @Test
    void aColumnIsLeftOutFromTheTimeThatItsNameMatches() throws SQLException {
        probe.execute("create table t (id int primary key, note text)");
        SourceTable part = probe.register("t", without("secret.*"));
        probe.open();
        probe.execute(
                "insert into t values (1, 'a')",
                "alter table t rename note to secret_note",
                "insert into t values (2, 'b')",
                "alter table t add secret2 int",
                "insert into t values (3, 'c', 7)",
                "alter table t add plain int",
                "insert into t values (4, 'd', 8, 9)");
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(id=1, note='a')",
                        "commit",
                        "I public.t(id=2)",
                        "commit",
                        "I public.t(id=3)",
                        "commit",
                        "I public.t(id=4, plain=9)",
                        "commit");
        assertThat(obstacles(part)).allSatisfy(obstacle -> assertThat(obstacle).isEmpty());
    }

    @Test
    void aColumnThatIsNoLongerLeftOutHasTheTableLoadedAgain() throws SQLException {
        for (boolean isReopened : List.of(false, true)) {
            for (boolean isLast : List.of(false, true)) {
                probe.execute("drop table if exists t");
                probe.execute(
                        "create table t (id int primary key, note text)",
                        isLast ? "select 1" : "alter table t add extra int");
                SourceTable part = probe.register("t", without("secret.*"));
                probe.reopen();
                probe.execute(
                        "insert into t values (1, 'a')",
                        "alter table t rename note to secret_note",
                        "insert into t values (2, 'b')");
                probe.take();
                RowSchema without = probe.sink.schemas.get(1);
                assertThat(without.indexOf("secret_note")).isNegative();
                if (isReopened) {
                    // Registered as the mirror has become.
                    probe.register(part, without);
                    probe.reopen();
                }
                probe.execute("alter table t rename secret_note to note", "insert into t values (3, 'c')");
                probe.take();
                RowSchema again = probe.sink.schemas.get(probe.sink.schemas.size() - 1);
                assertThat(again.indexOf("note")).isNotNegative();
                assertThat(new SchemaChange(without, again).obstacle())
                        .as("reopened %s, last column %s", isReopened, isLast)
                        .isPresent();
            }
        }
    }

    @Test
    void aColumnThatComesWhileTheStreamIsOpenIsNew() throws SQLException {
        probe.execute("create table t (id int primary key, secret int)");
        SourceTable part = probe.register("t", without("secret"));
        probe.open();
        probe.execute("alter table t add note text", "insert into t values (1, 2, 'a')");
        assertThat(probe.take()).containsExactly("I public.t(id=1, note='a')", "commit");
        assertThat(new SchemaChange(part.schema(), probe.sink.schemas.get(0)).obstacle())
                .isEmpty();
    }

    @Test
    void whichColumnIsLeftOutCanNotBeInDoubt() throws SQLException {
        probe.execute("create table t (id int primary key, secret text, note text)");
        SourceTable part = probe.register("t", without("secret"));
        probe.open();
        // Whether 'note' is the old 'note', or 'secret' under its name, the catalog of now does not tell.
        probe.transaction(
                "alter table t rename note to other",
                "alter table t rename secret to note",
                "insert into t values (1, '" + SECRET + "', 'x')");
        probe.transaction("alter table t rename note to third", "alter table t rename other to note");
        List<String> lines = probe.take();
        assertThat(lines).noneMatch(line -> line.contains(SECRET));
        assertThat(probe.sink.rejections).noneMatch(rejection -> rejection.raw().contains(SECRET));
        assertThat(obstacles(part))
                .isNotEmpty()
                .allSatisfy(obstacle -> assertThat(obstacle).isPresent());
    }

    @Test
    void partitionsAreFilteredAsTheirTable() throws SQLException {
        probe.execute(
                "create table t (id int, n int, primary key (id)) partition by range (id)",
                "create table t1 partition of t for values from (0) to (10)",
                "create table t2 (n int, dropped int, id int not null)",
                "alter table t2 drop dropped",
                "alter table t attach partition t2 for values from (10) to (20)");
        probe.register("t", rows("n", Operator.GREATER, "10"));
        probe.execute("create publication roots for table t with (publish_via_partition_root = true)");
        probe.open();
        probe.reopenWith("roots");
        probe.execute(
                "insert into t values (1, 20), (2, 5), (11, 20), (12, 5)",
                "update t set id = 13 where id = 1",
                "update t set n = 0 where id = 11");
        assertThat(probe.take())
                .containsExactly(
                        "I public.t(id=1, n=20)",
                        "I public.t(id=11, n=20)",
                        "commit",
                        "D public.t(id=1, n=null)",
                        "I public.t(id=13, n=20)",
                        "commit",
                        "D public.t(id=11, n=null)",
                        "commit");
    }

    /** What stands between each version that arrived and the registered one. */
    private List<Optional<String>> obstacles(SourceTable part) {
        return probe.sink.schemas.stream()
                .distinct()
                .map(schema -> new SchemaChange(part.schema(), schema).obstacle())
                .toList();
    }
}
