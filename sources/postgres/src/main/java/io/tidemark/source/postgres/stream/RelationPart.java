package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.filter.ColumnTest;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is taken of the rows of a table whose scope is not the whole of it. Immutable. */
final class RelationPart {
    /** No place in the message. */
    private static final int NONE = -1;

    private final TableId table;
    private final int[] places;
    private final boolean[] isTaken;
    private final List<PlacedTest> tests;
    private final boolean isDecidedByKey;
    private final @Nullable TidemarkException obstacle;

    /** Whether a row is in the scope. */
    enum Membership {
        IN,
        OUT,
        /** A value that decides was not sent. */
        UNDECIDED
    }

    /**
     * A condition on a column of the message.
     *
     * @param place the column's place in the message
     */
    record PlacedTest(ColumnTest test, int place) {}

    /**
     * @param described how many columns the message describes
     * @param places place in the message of each column of the schema
     * @param tests conditions that a row must meet
     * @param isDecidedByKey whether they are all on columns of the key that old rows come with
     * @param obstacle why no row can be taken; null when rows can
     */
    RelationPart(
            TableId table,
            int described,
            int[] places,
            List<PlacedTest> tests,
            boolean isDecidedByKey,
            @Nullable TidemarkException obstacle) {
        this.table = table;
        this.places = places.clone();
        this.tests = List.copyOf(tests);
        this.isDecidedByKey = isDecidedByKey;
        this.obstacle = obstacle;
        this.isTaken = new boolean[described];
        for (int place : places) {
            isTaken[place] = true;
        }
    }

    int described() {
        return isTaken.length;
    }

    boolean isOmitted(int place) {
        return !isTaken[place];
    }

    /** Place in the message of a column of the schema. */
    int place(int column) {
        return places[column];
    }

    int columnCount() {
        return places.length;
    }

    /** Whether the key alone says whether its row is in the scope. */
    boolean isDecidedByKey() {
        return isDecidedByKey;
    }

    @Nullable
    TidemarkException obstacle() {
        return obstacle;
    }

    /**
     * Whether a row is in the scope; false for one column is enough for no, whatever is not known of others.
     *
     * @param whole the whole row before, whose values count where the row has none of its own; null when it was not sent
     */
    Membership membership(RowValues row, @Nullable RowValues whole) {
        Membership found = Membership.IN;
        for (PlacedTest placed : tests) {
            Membership one = membership(placed, row, whole);
            if (one == Membership.OUT) {
                return one;
            }
            if (one == Membership.UNDECIDED) {
                found = one;
            }
        }
        return found;
    }

    private Membership membership(PlacedTest placed, RowValues row, @Nullable RowValues whole) {
        int place = placed.place();
        ColumnTest test = placed.test();
        RowValues from = row.kind(place) == 'u' && whole != null ? whole : row;
        boolean isMet;
        if (from.kind(place) == 'n') {
            isMet = test.acceptsNull();
        } else if (!test.asksValue()) {
            isMet = test.acceptsAny();
        } else if (from.kind(place) == 'b') {
            isMet = test.accepts(from.buffer(), from.offset(place), from.length(place));
        } else {
            return Membership.UNDECIDED;
        }
        return isMet ? Membership.IN : Membership.OUT;
    }

    /** Whether every value that is taken was sent, with the new row or the whole one before. */
    boolean isComplete(RowValues row, @Nullable RowValues whole) {
        for (int place : places) {
            if (row.kind(place) == 'u' && (whole == null || whole.kind(place) == 'u')) {
                return false;
            }
        }
        return true;
    }

    /** Why {@link #membership} is undecided. */
    TidemarkException undecided(RowValues row, @Nullable RowValues whole) {
        PlacedTest open = tests.stream()
                .filter(placed -> membership(placed, row, whole) == Membership.UNDECIDED)
                .findFirst()
                .orElseThrow();
        String column = open.test().column();
        return new TidemarkException(
                ErrorCode.SOURCE_VALUE,
                "Cannot tell whether a row meets the table's conditions: an update left the value of a column as it was, and Postgres"
                        + " does not send long values that are unchanged (table=" + table + ", column=" + column + ")",
                "Run: ALTER TABLE " + table.quoted()
                        + " REPLICA IDENTITY FULL; or put the condition on a column whose values are stored"
                        + " in line, then run 'tidemark resync TABLE'.",
                null);
    }

    /** Offsets or lengths of the schema's columns in a row. */
    int[] offsets(RowValues row) {
        int[] offsets = new int[places.length];
        for (int i = 0; i < places.length; i++) {
            offsets[i] = row.offset(places[i]);
        }
        return offsets;
    }

    /** Lengths of the schema's columns in a row; negative where there is no value that can be read. */
    int[] lengths(RowValues row) {
        int[] lengths = new int[places.length];
        for (int i = 0; i < places.length; i++) {
            lengths[i] = row.kind(places[i]) == 'b' ? row.length(places[i]) : NONE;
        }
        return lengths;
    }
}
