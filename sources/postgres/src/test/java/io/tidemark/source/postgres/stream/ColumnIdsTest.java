package io.tidemark.source.postgres.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.source.postgres.catalog.TableHistory;
import io.tidemark.source.postgres.catalog.TableHistory.PastColumn;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.RowFilter;
import io.tidemark.spi.source.TableScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ColumnIdsTest {
    private static final int TRANSACTION = 100;

    /** A version of the table: {@code "a", "b"} are columns 1 and 2. */
    private static RowSchema version(String... names) {
        List<Column> columns = new ArrayList<>();
        for (String name : names) {
            columns.add(column(name, "text", columns.size() + 1));
        }
        return new RowSchema(new TableId("public", "t"), columns, List.of(), BeforeImage.KEY);
    }

    private static Column column(String name, String type, int id) {
        return new Column(name, ColumnType.STRING, true, type, id);
    }

    private static PastColumn there(int number, String name) {
        return new PastColumn(number, name, 25, -1, false, false, false, 50);
    }

    private static PastColumn gone(int number) {
        return gone(number, 50);
    }

    private static PastColumn gone(int number, int by) {
        return new PastColumn(number, "........pg.dropped." + number + "........", 25, -1, true, false, false, by);
    }

    /** Ids of the message's columns, all of type text. */
    private static List<Integer> ids(RowSchema before, TableHistory history, String... message) {
        return ids(
                before,
                history,
                Arrays.stream(message).map(name -> column(name, "text", 0)).toList());
    }

    private static List<Integer> ids(RowSchema before, TableHistory history, List<Column> message) {
        return ids(before, false, history, message);
    }

    private static List<Integer> ids(
            RowSchema before, boolean isRewritten, TableHistory history, List<Column> message) {
        return new ColumnIds(
                        before.columns(),
                        TableScope.WHOLE,
                        isRewritten,
                        history,
                        TRANSACTION,
                        (number, place) -> Optional.empty())
                .number(message).stream().map(Column::id).toList();
    }

    private static TableHistory history(PastColumn... columns) {
        return new TableHistory(1, true, false, List.of(columns));
    }

    @Test
    void columnsStayRenamedOnesToo() {
        assertThat(ids(version("a", "b"), history(there(1, "a"), there(2, "b")), "a", "b"))
                .containsExactly(1, 2);
        assertThat(ids(version("a", "b"), history(there(1, "b"), there(2, "a")), "b", "a"))
                .containsExactly(1, 2);
    }

    @Test
    void addedColumnsAreNewAndThoseOfALaterChangeAreNotThereYet() {
        TableHistory history = history(there(1, "a"), there(2, "b"), there(3, "c"));
        assertThat(ids(version("a"), history, "a", "b")).containsExactly(1, 2);
        assertThat(ids(version("a"), history, "a", "b", "c")).containsExactly(1, 2, 3);
        assertThat(ids(version("a"), history, "a")).containsExactly(1);
    }

    @Test
    void droppedColumnsAreToldFromThoseDroppedLater() {
        TableHistory history = history(there(1, "a"), gone(2), there(3, "c"));
        assertThat(ids(version("a", "b", "c"), history, "a", "c")).containsExactly(1, 3);
        assertThat(ids(version("a", "b", "c"), history, "a", "b", "c")).containsExactly(1, 2, 3);
    }

    @Test
    void droppedAndAddedUnderAnotherNameIsNotRenamed() {
        assertThat(ids(version("a", "b"), history(there(1, "a"), gone(2), there(3, "c")), "a", "c"))
                .containsExactly(1, 3);
    }

    @Test
    void droppedAndAddedUnderTheSameNameStaysInDoubt() {
        assertThat(ids(version("a", "b"), history(there(1, "a"), gone(2), there(3, "b")), "a", "b"))
                .containsExactly(0, 0);
    }

    @Test
    void namesThatNeitherVersionHasStayInDoubt() {
        assertThat(ids(version("a", "b"), history(there(1, "a"), there(2, "c")), "a", "x"))
                .containsExactly(0, 0);
    }

    @Test
    void aChangeOfALaterTransactionIsNotWhatTheMessageTells() {
        PastColumn later = new PastColumn(2, "b", 25, -1, false, false, false, TRANSACTION + 1);
        assertThat(ids(version("a"), history(there(1, "a"), later), "a", "b")).containsExactly(0, 0);
        assertThat(ids(version("a"), history(there(1, "a"), later), "a")).containsExactly(1);
    }

    @Test
    void aColumnThatCameAndWentAfterTheMessageDoesNotMatter() {
        assertThat(ids(version("a"), history(there(1, "a"), gone(2, TRANSACTION + 1)), "a"))
                .containsExactly(1);
        assertThat(ids(version("a"), history(there(1, "a"), gone(2)), "a")).containsExactly(1);
    }

    @Test
    void transactionIdsGoAround() {
        PastColumn old = new PastColumn(2, "b", 25, -1, false, false, false, -10);
        assertThat(ids(version("a"), history(there(1, "a"), old), "a", "b")).containsExactly(1, 2);
    }

    @Test
    void valuesThatRowsGotWithTheColumnCannotBeFollowed() {
        PastColumn constant = new PastColumn(2, "b", 25, -1, false, false, true, 50);
        ColumnIds known = new ColumnIds(
                version("a").columns(),
                TableScope.WHOLE,
                false,
                history(there(1, "a"), constant),
                TRANSACTION,
                (number, place) -> Optional.of("value of " + number + " at " + place));
        assertThat(known.number(List.of(column("a", "text", 0), column("b", "text", 0))))
                .containsExactly(
                        column("a", "text", 1), new Column("b", ColumnType.STRING, true, "text", 2, "value of 2 at 1"));
        assertThat(ids(version("a"), history(there(1, "a"), constant), "a", "b"))
                .containsExactly(1, 0);
        PastColumn empty = there(2, "b");
        List<Column> message = List.of(column("a", "text", 0), column("b", "text", 0));
        assertThat(ids(version("a"), true, history(there(1, "a"), empty), message))
                .as("a value that a rewrite has put into the rows")
                .containsExactly(1, 0);
        assertThat(ids(version("a"), false, history(there(1, "a"), empty), message))
                .containsExactly(1, 2);
    }

    @Test
    void anotherTypeIsFollowedOnlyWhenRowsWereNotRewritten() {
        List<Column> message = List.of(column("a", "character varying(20)", 0));
        assertThat(ids(version("a"), history(there(1, "a")), message)).containsExactly(1);
        assertThat(ids(version("a"), true, history(there(1, "a")), message)).containsExactly(0);
    }

    @Test
    void generatedColumnsAreNotInTheStream() {
        PastColumn generated = new PastColumn(2, "g", 25, -1, false, true, false, 50);
        assertThat(ids(version("a"), history(there(1, "a"), generated, there(3, "c")), "a", "c"))
                .containsExactly(1, 3);
    }

    @Test
    void noHistoryMeansDoubt() {
        assertThat(ids(version("a"), TableHistory.UNKNOWN, "a")).containsExactly(0);
    }

    /** All changes of a small table, in two steps of which the message tells the first: what is taken is the truth, or nothing is. */
    @Test
    void neverTakesAColumnForAnother() {
        assertThat(truthsOf(0)).isPositive();
    }

    /** The same when one of the columns is left out: of its past only its number is known, and its name by a pattern. */
    @Test
    void neverTakesAColumnForOneThatIsLeftOut() {
        for (int omitted = 1; omitted <= 3; omitted++) {
            assertThat(truthsOf(omitted)).as("omitted %d", omitted).isPositive();
        }
    }

    private static int truthsOf(int omitted) {
        List<String> names = List.of("a", "b", "c");
        int taken = 0;
        for (Set<Integer> first : subsets()) {
            for (Set<Integer> second : subsets()) {
                for (int renames = 0; renames < 4; renames++) {
                    List<Column> message = new ArrayList<>();
                    List<Integer> truth = new ArrayList<>();
                    List<PastColumn> now = new ArrayList<>();
                    for (int number = 1; number <= 4; number++) {
                        boolean isNew = number == 4;
                        // Column 4 takes the name of column 3; renames turn column 2 into "x", before or after the
                        // message.
                        String name = isNew ? "c" : names.get(number - 1);
                        String then = number == 2 && renames == 1 ? "x" : name;
                        String later = number == 2 && renames >= 1 ? "x" : name;
                        if (!first.contains(number)) {
                            message.add(column(then, "text", 0));
                            truth.add(number);
                        }
                        if (first.contains(number)) {
                            now.add(gone(number));
                        } else {
                            now.add(second.contains(number) ? gone(number, TRANSACTION + 1) : there(number, later));
                        }
                    }
                    if (message.stream().map(Column::name).distinct().count() < message.size()) {
                        continue;
                    }
                    List<Column> before = version("a", "b", "c").columns().stream()
                            .filter(column -> column.id() != omitted)
                            .toList();
                    TableScope scope = omitted == 0
                            ? TableScope.WHOLE
                            : new TableScope(List.of(names.get(omitted - 1)), Set.of(omitted), RowFilter.ALL);
                    TableHistory history = new TableHistory(1, true, false, now);
                    List<Integer> ids = new ColumnIds(
                                    before, scope, false, history, TRANSACTION, (number, place) -> Optional.empty())
                            .numbers(message);
                    if (!ids.isEmpty()) {
                        assertThat(ids).as("%s of %s", message, now).isEqualTo(truth);
                        taken++;
                    }
                }
            }
        }
        return taken;
    }

    private static List<Set<Integer>> subsets() {
        List<Set<Integer>> subsets = new ArrayList<>();
        for (int bits = 0; bits < 16; bits++) {
            Set<Integer> subset = new TreeSet<>();
            for (int number = 1; number <= 4; number++) {
                if ((bits & 1 << (number - 1)) != 0) {
                    subset.add(number);
                }
            }
            subsets.add(subset);
        }
        return subsets;
    }
}
