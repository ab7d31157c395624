package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.catalog.TableHistory;
import io.tidemark.source.postgres.catalog.TableHistory.PastColumn;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.source.TableScope;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Numbers the columns of a Relation message as the catalog does ({@code attnum}). The message does not tell numbers, and the catalog is that of
 * now, which may be later than the message. What holds is this: columns come in the order of their numbers; a number is never used twice; the
 * columns of the version before are known. From these follow the sets of columns that the message can be about. Only when exactly one is left it
 * is taken; a column whose past stays in doubt gets no number, and its table is loaded again.
 *
 * <p>All this is about whole tables. Columns that the table's scope leaves out are described and numbered like others; only their names are not
 * known before a message tells them.
 */
final class ColumnIds {
    /** More dropped columns at once than this are not disentangled. */
    private static final int DROPPED_MAX = 8;

    private final List<Column> before;
    private final TableScope scope;
    private final boolean isRewritten;
    private final TableHistory history;
    private final int transaction;
    private final InitialValues initialValues;

    /** Values that rows hold in columns that are younger than they. */
    interface InitialValues {
        /**
         * The value in canonical text; empty when there is none of the column's type.
         *
         * @param number number of the column
         * @param place its place in the message
         */
        Optional<String> find(int number, int place);
    }

    /**
     * @param before the columns of the version before, with ids; those that are left out may be missing when it is the registered one
     * @param scope the part of the table that is mirrored
     * @param isRewritten whether rows may have been rewritten since that version
     * @param history the catalog now
     * @param transaction id of the transaction that the message is part of, 32 bits
     * @param initialValues asked for columns that came with a value
     */
    ColumnIds(
            List<Column> before,
            TableScope scope,
            boolean isRewritten,
            TableHistory history,
            int transaction,
            InitialValues initialValues) {
        this.initialValues = initialValues;
        this.before = before;
        this.scope = scope;
        this.isRewritten = isRewritten;
        this.history = history;
        this.transaction = transaction;
    }

    /** The columns with their ids, 0 where a column cannot be followed. */
    List<Column> number(List<Column> columns) {
        return follow(columns, numbers(columns));
    }

    /** The numbers of the columns, or of none: which is which cannot be told. */
    List<Integer> numbers(List<Column> columns) {
        List<PastColumn> found = find(columns);
        return found == null
                ? List.of()
                : found.stream().map(PastColumn::number).toList();
    }

    /**
     * The columns with their ids, 0 where a column cannot be followed although its number is known: rows from before hold other values.
     *
     * @param numbers what {@link #numbers} said
     */
    List<Column> follow(List<Column> columns, List<Integer> numbers) {
        List<Column> numbered = new ArrayList<>(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            Column unknown = new Column(column.name(), column.type(), column.nullable(), column.sourceType());
            numbered.add(numbers.isEmpty() ? unknown : follow(column, past(numbers.get(i)), i, unknown));
        }
        return numbered;
    }

    private PastColumn past(int number) {
        return history.columns().stream()
                .filter(column -> column.number() == number)
                .findFirst()
                .orElseThrow();
    }

    private @Nullable Column known(int number) {
        return before.stream()
                .filter(column -> column.id() == number)
                .findFirst()
                .orElse(null);
    }

    private Column follow(Column column, PastColumn found, int place, Column unknown) {
        if (scope.omits(column.name(), found.number())) {
            // Its values are of no concern.
            return new Column(
                    column.name(), column.type(), column.nullable(), column.sourceType(), found.number(), null);
        }
        Column known = known(found.number());
        String initial = null;
        if (known != null) {
            initial = known.initial();
            if (!known.sourceType().equals(column.sourceType()) && isRewritten) {
                return unknown;
            }
        } else if (found.hasMissingValue()) {
            initial = initialValues.find(found.number(), place).orElse(null);
            if (initial == null) {
                return unknown;
            }
        } else if (isRewritten) {
            // A rewrite puts the value that the column came with into the rows, and the catalog forgets it.
            return unknown;
        }
        return new Column(
                column.name(), column.type(), column.nullable(), column.sourceType(), found.number(), initial);
    }

    /** The one set of columns that the message can be about; null when there is none or more than one. */
    private @Nullable List<PastColumn> find(List<Column> columns) {
        Set<Integer> known = new HashSet<>(scope.omittedIds());
        before.forEach(column -> known.add(column.id()));
        if (known.contains(0)) {
            return null;
        }
        int newest = known.stream().mapToInt(Integer::intValue).max().orElse(0);
        List<PastColumn> kept = new ArrayList<>();
        List<PastColumn> added = new ArrayList<>();
        List<PastColumn> dropped = new ArrayList<>();
        for (PastColumn column : history.columns()) {
            if (column.isGenerated()) {
                continue;
            }
            if (known.contains(column.number())) {
                (column.isDropped() ? dropped : kept).add(column);
            } else if (!column.isDropped()) {
                if (column.number() > newest) {
                    added.add(column);
                } else if (scope.omits(column.name(), column.number())) {
                    kept.add(column);
                } else {
                    // It was computed and is no longer, or was left out and is no longer.
                    return null;
                }
            } else if (column.number() > newest && !happenedBefore(List.of(column))) {
                // Perhaps added before the message and dropped after it.
                dropped.add(column);
            }
        }
        if (dropped.size() > DROPPED_MAX) {
            return null;
        }
        List<PastColumn> only = null;
        for (int subset = 0; subset < 1 << dropped.size(); subset++) {
            List<PastColumn> candidate = new ArrayList<>(kept);
            List<PastColumn> gone = new ArrayList<>();
            for (int i = 0; i < dropped.size(); i++) {
                if ((subset & 1 << i) != 0) {
                    candidate.add(dropped.get(i));
                } else if (known.contains(dropped.get(i).number())) {
                    gone.add(dropped.get(i));
                }
            }
            int missing = columns.size() - candidate.size();
            if (missing < 0 || missing > added.size()) {
                continue;
            }
            List<PastColumn> fresh = added.subList(0, missing);
            candidate.addAll(fresh);
            candidate.sort((a, b) -> Integer.compare(a.number(), b.number()));
            if (hasNamesOf(candidate, columns) && happenedBefore(gone) && happenedBefore(fresh)) {
                if (only != null) {
                    return null;
                }
                only = candidate;
            }
        }
        return only;
    }

    /** A column has the name it had in the version before or the one it has now; one that came and went may have had any. */
    private boolean hasNamesOf(List<PastColumn> candidate, List<Column> columns) {
        for (int i = 0; i < columns.size(); i++) {
            PastColumn column = candidate.get(i);
            Column known = known(column.number());
            String name = columns.get(i).name();
            // Of a column that was left out at the registration only that is known of its name then.
            boolean isOmitted = known == null && scope.omittedIds().contains(column.number());
            boolean asBefore = isOmitted
                    ? scope.omits(name, 0)
                    : known != null && known.name().equals(name);
            boolean asNow = column.isDropped()
                    ? known == null && !isOmitted
                    : column.name().equals(name);
            if (!asBefore && !asNow) {
                return false;
            }
        }
        return true;
    }

    /** Whether the changes belong to this transaction or began before it. A later one is not what the message tells of. */
    private boolean happenedBefore(List<PastColumn> changed) {
        return changed.stream().allMatch(column -> column.changedBy() - transaction <= 0);
    }
}
