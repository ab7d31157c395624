package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.catalog.TableHistory;
import io.tidemark.source.postgres.filter.FilterColumn;
import io.tidemark.source.postgres.filter.FilterPlan;
import io.tidemark.source.postgres.stream.RelationPart.PlacedTest;
import io.tidemark.source.postgres.type.PgType;
import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.source.RowFilter.ColumnCondition;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TableScope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What is taken of the columns and rows of tables whose scope is not the whole of them, each time that the stream describes one. */
final class RelationScopes {
    private static final Set<String> UNBOUNDED_TEXT = Set.of("text", "character varying");

    /** Greatest number of a column that a table had when the stream was opened; counts where columns are left out by name. */
    private final Map<Integer, Integer> numbersAtOpen;

    /** Types of columns that conditions are on and the registered table lacks, by table and number, as first described. */
    private final Map<List<Integer>, String> filterTypes = new HashMap<>();

    /**
     * What a message describes.
     *
     * @param columns all columns, with ids where they can be followed
     * @param numbers their numbers; none when which is which cannot be told
     * @param types their types as they would be carried
     * @param typeOids oids of these
     * @param lines name, type and modifier as the message has them
     * @param key columns that the message says to be the key, and that were it when the table was registered; none when it does not say
     */
    record Described(
            List<Column> columns,
            List<Integer> numbers,
            List<PgType> types,
            List<Integer> typeOids,
            List<String> lines,
            Set<String> key) {
        Described with(List<Column> followed, List<Integer> known) {
            return new Described(followed, known, types, typeOids, lines, key);
        }

        int number(int place) {
            return numbers.isEmpty() ? 0 : numbers.get(place);
        }
    }

    /**
     * What is taken.
     *
     * @param columns columns of the schema
     * @param types their types
     * @param described all columns of the message, with the numbers of those that are left out as ids
     * @param part what is taken of the rows; null when they are taken whole
     */
    record Taken(
            List<Column> columns,
            List<PgType> types,
            List<Column> described,
            @Nullable RelationPart part) {}

    /** To be made when the stream is opened. */
    RelationScopes(List<SourceTable> tables, Relations.CatalogLookup lookup) {
        boolean anyByName =
                tables.stream().anyMatch(table -> !table.scope().omittedNames().isEmpty());
        this.numbersAtOpen = anyByName ? lookup.greatestNumbers() : Map.of();
    }

    /**
     * What is taken of a described table.
     *
     * @param before the description before in this stream; null for the first
     * @param history the catalog now
     */
    Taken take(
            int oid,
            SourceTable table,
            @Nullable StreamRelation before,
            TableHistory history,
            Described described,
            TypeCatalog types) {
        TableScope scope = table.scope();
        if (scope.isWhole()) {
            return new Taken(described.columns(), described.types(), described.columns(), null);
        }
        RowSchema version = before == null ? table.schema() : before.schema();
        int seen = seen(oid, table, before);
        // Any of them may be one that is left out, by another name. With the key alone the table is known to need
        // loading again.
        boolean isInDoubt = !scope.omittedIds().isEmpty();
        List<Column> columns = new ArrayList<>();
        List<PgType> columnTypes = new ArrayList<>();
        List<Column> all = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int place = 0; place < described.columns().size(); place++) {
            Column column = described.columns().get(place);
            int number = described.number(place);
            boolean isOmitted = scope.omits(column.name(), number)
                    || (number == 0 && isInDoubt && !described.key().contains(column.name()));
            if (isOmitted) {
                all.add(new Column(column.name(), column.type(), true, column.sourceType(), number));
                continue;
            }
            // The mirror's rows lack its values, whatever the column says about rows that are older than it.
            boolean wasOmitted = number != 0 && number <= seen && version.indexOfId(number) < 0;
            Column taken = wasOmitted
                    ? new Column(column.name(), column.type(), column.nullable(), column.sourceType())
                    : column;
            all.add(taken);
            columns.add(taken);
            columnTypes.add(described.types().get(place));
            places.add(place);
        }
        return new Taken(
                columns, columnTypes, all, part(oid, table, history.isPartitioned(), described, types, places));
    }

    /** Greatest number that a column had so far: one with another number that the version before lacks is new. */
    private int seen(int oid, SourceTable table, @Nullable StreamRelation before) {
        IntStream known = before == null
                ? IntStream.concat(
                        table.schema().columns().stream().mapToInt(Column::id),
                        IntStream.of(table.scope().omittedNames().isEmpty() ? 0 : numbersAtOpen.getOrDefault(oid, 0)))
                : before.described().stream().mapToInt(Column::id);
        return IntStream.concat(known, table.scope().omittedIds().stream().mapToInt(Integer::intValue))
                .max()
                .orElse(0);
    }

    private RelationPart part(
            int oid,
            SourceTable table,
            boolean isPartitioned,
            Described described,
            TypeCatalog types,
            List<Integer> places) {
        TidemarkException obstacle = null;
        List<PlacedTest> tests = List.of();
        if (places.isEmpty()) {
            obstacle = new TidemarkException(
                    ErrorCode.SOURCE_SCHEMA_CHANGED,
                    "Cannot take rows of table " + table.id()
                            + ": none of its columns is known to be one that the table's rule does not leave out");
        } else {
            try {
                tests = tests(oid, table, described, types);
            } catch (TidemarkException e) {
                obstacle = e;
            }
        }
        boolean isDecidedByKey = !tests.isEmpty()
                && !described.numbers().isEmpty()
                && tests.stream()
                        .allMatch(
                                placed -> described.key().contains(placed.test().column()));
        return new RelationPart(
                table.id(),
                described.columns().size(),
                places.stream().mapToInt(Integer::intValue).toArray(),
                tests,
                isDecidedByKey && !isPartitioned,
                obstacle);
    }

    private List<PlacedTest> tests(int oid, SourceTable table, Described described, TypeCatalog types) {
        List<FilterColumn> there = new ArrayList<>();
        for (int place = 0; place < described.columns().size(); place++) {
            Column column = described.columns().get(place);
            there.add(new FilterColumn(column.name(), described.typeOids().get(place), column.sourceType(), false));
        }
        FilterPlan plan = FilterPlan.of(table.id(), table.scope().rows(), there, types);
        List<String> names = there.stream().map(FilterColumn::name).toList();
        for (ColumnCondition condition : table.scope().rows().conditions()) {
            int place = names.indexOf(condition.column());
            checkSame(oid, table, described.columns().get(place), described.number(place));
        }
        return plan.tests().stream()
                .map(test -> new PlacedTest(test, names.indexOf(test.column())))
                .toList();
    }

    /** A condition was written for the column that was registered; rows that came before another one were not held against that. */
    private void checkSame(int oid, SourceTable table, Column column, int number) {
        int index = table.schema().indexOf(column.name());
        boolean isSame;
        boolean hasType;
        if (index >= 0) {
            Column registered = table.schema().columns().get(index);
            isSame = registered.id() == 0 || number == 0 || registered.id() == number;
            hasType = isSameType(registered.sourceType(), column.sourceType());
        } else {
            isSame = number == 0 || table.scope().omittedIds().contains(number);
            String first = filterTypes.computeIfAbsent(List.of(oid, number), key -> column.sourceType());
            hasType = number == 0 || first.equals(column.sourceType());
        }
        if (!isSame) {
            throw FilterPlan.invalid(
                    table.id(),
                    "column " + column.name() + ", which a condition is on, is not the one that was registered");
        }
        if (!hasType) {
            throw FilterPlan.invalid(
                    table.id(),
                    "column " + column.name() + ", which a condition is on, is now of type " + column.sourceType());
        }
    }

    /** Whether values are written and compared alike; modifiers aside, since those of a column that is taken are watched anyway. */
    private static boolean isSameType(String before, String now) {
        String one = withoutModifier(before);
        String other = withoutModifier(now);
        return one.equals(other) || (UNBOUNDED_TEXT.contains(one) && UNBOUNDED_TEXT.contains(other));
    }

    private static String withoutModifier(String type) {
        return type.replaceAll("\\([^)]*\\)", "");
    }
}
