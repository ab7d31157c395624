package io.tidemark.source.postgres.filter;

import io.tidemark.source.postgres.filter.ColumnTest.Alternative;
import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.RowFilter;
import io.tidemark.spi.source.RowFilter.ColumnCondition;
import io.tidemark.spi.source.RowFilter.Comparison;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A row filter on the columns that a table has: a row is in when every test accepts its column.
 *
 * @param tests one for each condition
 */
public record FilterPlan(List<ColumnTest> tests) {
    private static final String REMEDY =
            "Correct the condition under 'where' in the table's rule, then run 'tidemark resync TABLE' if it is registered.";

    public FilterPlan {
        tests = List.copyOf(tests);
    }

    /**
     * The filter on these columns.
     *
     * @throws TidemarkException {@code CONFIG_INVALID} when a condition cannot be put to them
     */
    public static FilterPlan of(
            TableId table, RowFilter filter, Collection<FilterColumn> columns, TypeCatalog catalog) {
        List<ColumnTest> tests = new ArrayList<>();
        for (ColumnCondition condition : filter.conditions()) {
            FilterColumn column = columns.stream()
                    .filter(one -> one.name().equals(condition.column()))
                    .findFirst()
                    .orElseThrow(() ->
                            invalid(table, "there is no column " + condition.column() + ", which a condition is on"));
            if (column.isGenerated()) {
                throw invalid(
                        table,
                        "column " + column.name()
                                + " is generated, and logical replication does not carry it; a condition on the columns"
                                + " that it is computed from would do");
            }
            tests.add(test(table, condition, column, catalog));
        }
        return new FilterPlan(tests);
    }

    /** The filter as a condition in SQL on the table's columns; empty for all rows. */
    public String sql() {
        return tests.stream().map(ColumnTest::sql).collect(Collectors.joining(" and "));
    }

    /** What a table whose rows cannot be filtered as configured ends with. */
    public static TidemarkException invalid(TableId table, String reason) {
        return new TidemarkException(
                ErrorCode.CONFIG_INVALID, "Cannot filter rows of table " + table + ": " + reason, REMEDY, null);
    }

    private static ColumnTest test(TableId table, ColumnCondition condition, FilterColumn column, TypeCatalog catalog) {
        List<Alternative> alternatives = new ArrayList<>();
        String expression = "";
        for (Comparison comparison : condition.anyOf()) {
            List<Literal> literals = new ArrayList<>();
            if (!comparison.literals().isEmpty()) {
                FilterType type = FilterType.find(column.typeOid(), catalog)
                        .orElseThrow(() -> invalid(
                                table,
                                "values of column " + column.name() + " cannot be compared, because it is of type "
                                        + column.typeName() + " (possible are " + FilterType.POSSIBLE
                                        + "); it can only be held against null"));
                checkOrder(table, comparison, column, type);
                expression = type.expression(TableId.quote(column.name()), !catalog.checksText());
                for (String literal : comparison.literals()) {
                    literals.add(literal(table, column, type, literal));
                }
            }
            alternatives.add(new Alternative(comparison.operator(), literals));
        }
        return new ColumnTest(column.name(), alternatives, expression);
    }

    private static void checkOrder(TableId table, Comparison comparison, FilterColumn column, FilterType type) {
        boolean isEquality = switch (comparison.operator()) {
            case EQUAL, NOT_EQUAL, NULL, NOT_NULL -> true;
            case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL, BETWEEN, NOT_BETWEEN -> false;
        };
        if (!isEquality && !type.isOrdered()) {
            throw invalid(
                    table,
                    "column " + column.name() + " is of the enum type " + column.typeName()
                            + ", whose labels can only be equal or not");
        }
    }

    private static Literal literal(TableId table, FilterColumn column, FilterType type, String text) {
        try {
            return type.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot filter rows of table " + table + ": a condition compares column " + column.name()
                            + " with what is no value of its type (type=" + column.typeName() + ", value=" + text
                            + "): " + e.getMessage(),
                    REMEDY,
                    e);
        }
    }
}
