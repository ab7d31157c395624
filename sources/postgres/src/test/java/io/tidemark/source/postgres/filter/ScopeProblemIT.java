package io.tidemark.source.postgres.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.source.postgres.TestSource;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.RowFilter;
import io.tidemark.spi.source.RowFilter.ColumnCondition;
import io.tidemark.spi.source.RowFilter.Comparison;
import io.tidemark.spi.source.RowFilter.Operator;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TableScope;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ScopeProblemIT {
    private static EmbeddedPostgresServer server;
    private static LogSource source;

    @BeforeAll
    static void start() {
        server = EmbeddedPostgresServer.start();
        String database = server.createDatabase();
        server.execute(
                database,
                "create type mood as enum ('sad', 'happy')",
                "create domain feeling as mood",
                "create domain code as char(3)",
                "create table t (id int primary key, n int, doubled int generated always as (n * 2) stored, doc jsonb, m mood,"
                        + " f feeling, c code, at timestamptz, list int[], secret text)",
                "create table whole (id int primary key, n int)",
                "alter table whole replica identity full",
                "create table odd (id int primary key, pin pg_snapshot)",
                "create table keyless (n int)");
        source = TestSource.open(server, database, "problems");
    }

    @AfterAll
    static void stop() {
        source.close();
        server.close();
    }

    private static Optional<TidemarkException> problem(String table, List<String> omitted, RowFilter rows) {
        SourceTable part = TestSource.table(source, "public", table).within(new TableScope(omitted, Set.of(), rows));
        return Optional.ofNullable(source.problems(List.of(part)).get(part.id()));
    }

    private static void assertGood(String column, Operator operator, String... literals) {
        assertThat(problem("t", List.of("secret", "n", "doc"), where(column, operator, literals)))
                .isEmpty();
    }

    private static void assertRefused(String reason, String column, Operator operator, String... literals) {
        assertRefused(reason, problem("t", List.of("secret"), where(column, operator, literals)));
    }

    private static void assertRefused(String reason, Optional<TidemarkException> problem) {
        assertThat(problem).hasValueSatisfying(found -> {
            assertThat(found.code()).isEqualTo(ErrorCode.CONFIG_INVALID);
            assertThat(found.reason()).contains(reason);
        });
    }

    private static RowFilter where(String column, Operator operator, String... literals) {
        return new RowFilter(
                List.of(new ColumnCondition(column, List.of(new Comparison(operator, List.of(literals))))));
    }

    @Test
    void takesConditionsThatCanBePut() {
        assertGood("secret", Operator.EQUAL, "x'y");
        assertGood("n", Operator.BETWEEN, "-1", "1");
        assertGood("doc", Operator.NOT_NULL);
        assertGood("list", Operator.NULL);
        assertGood("m", Operator.NOT_EQUAL, "sad");
        assertGood("f", Operator.EQUAL, "happy");
        assertGood("c", Operator.LESS, "abc");
        assertGood("at", Operator.GREATER, "2024-01-31T10:00:00+02:00");
        assertThat(problem("keyless", List.of(), where("n", Operator.EQUAL, "1")))
                .isEmpty();
        assertThat(problem("whole", List.of("id"), RowFilter.ALL)).isEmpty();
    }

    @Test
    void refusesConditionsThatCannotBePut() {
        assertRefused("there is no column gone", "gone", Operator.EQUAL, "1");
        assertRefused("column doubled is generated", "doubled", Operator.EQUAL, "1");
        assertRefused("column doc cannot be compared, because it is of type jsonb", "doc", Operator.EQUAL, "{}");
        assertRefused("column list cannot be compared, because it is of type integer[]", "list", Operator.LESS, "{}");
        assertRefused("whose labels can only be equal or not", "f", Operator.LESS, "sad");
        assertRefused(
                "no label of its type (type=public.mood, value=Sad, labels=sad happy)", "m", Operator.EQUAL, "Sad");
        assertRefused("no label of its type", "f", Operator.EQUAL, "glad");
        assertRefused("no value of its type (type=integer, value=1.5)", "n", Operator.EQUAL, "1.5");
        assertRefused("a date and time is wanted", "at", Operator.LESS, "yesterday");
    }

    @Test
    void nobodyMindsTheTypeOfAColumnThatIsLeftOut() {
        TableId table = new TableId("public", "odd");
        assertThat(source.check(List.of(table), Map.of()))
                .anyMatch(finding -> finding.code().equals(Optional.of(ErrorCode.SOURCE_TYPE)));
        assertThat(source.check(List.of(table), Map.of(table, new TableScope(List.of("pin"), Set.of(), RowFilter.ALL))))
                .allMatch(finding -> finding.status() == Finding.Status.OK);
    }

    @Test
    void refusesColumnsWithoutWhichNothingIsLeft() {
        assertRefused("a column of its key is left out", problem("t", List.of("id"), RowFilter.ALL));
        assertRefused("no column is left", problem("keyless", List.of(".*"), RowFilter.ALL));
    }
}
