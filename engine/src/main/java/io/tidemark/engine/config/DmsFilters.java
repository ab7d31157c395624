package io.tidemark.engine.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidemark.spi.source.RowFilter;
import io.tidemark.spi.source.RowFilter.ColumnCondition;
import io.tidemark.spi.source.RowFilter.Comparison;
import io.tidemark.spi.source.RowFilter.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The filters of a selection rule of an AWS DMS task (DMS user guide, "Using source filters"). */
final class DmsFilters {
    private static final Map<String, Operator> OPERATORS = Map.of(
            "eq", Operator.EQUAL,
            "noteq", Operator.NOT_EQUAL,
            "lte", Operator.LESS_OR_EQUAL,
            "ste", Operator.LESS_OR_EQUAL,
            "gte", Operator.GREATER_OR_EQUAL,
            "between", Operator.BETWEEN,
            "notbetween", Operator.NOT_BETWEEN,
            "null", Operator.NULL,
            "notnull", Operator.NOT_NULL);

    private DmsFilters() {}

    /**
     * Filters are joined with AND, the conditions of one with OR.
     *
     * @throws IllegalArgumentException with a reason for people
     */
    static RowFilter read(JsonNode filters) {
        List<ColumnCondition> conditions = new ArrayList<>();
        for (JsonNode filter : filters) {
            String column = filter.path("column-name").asText("");
            if (!filter.path("filter-type").asText("source").equals("source") || column.isEmpty()) {
                throw new IllegalArgumentException("must have filter-type source and a column-name");
            }
            List<Comparison> anyOf = new ArrayList<>();
            filter.path("filter-conditions").forEach(condition -> anyOf.add(comparison(condition)));
            if (anyOf.isEmpty()) {
                throw new IllegalArgumentException("must have filter-conditions (column-name=" + column + ")");
            }
            conditions.add(new ColumnCondition(column, anyOf));
        }
        return new RowFilter(conditions);
    }

    private static Comparison comparison(JsonNode condition) {
        String name = condition.path("filter-operator").asText("");
        Operator operator = OPERATORS.get(name);
        if (operator == null) {
            throw new IllegalArgumentException("has a filter-operator that is not known (found: " + name + ")");
        }
        List<String> literals = new ArrayList<>();
        for (String field : List.of("value", "start-value", "end-value")) {
            if (condition.hasNonNull(field)) {
                literals.add(condition.path(field).asText());
            }
        }
        if (literals.size() != operator.literals()) {
            throw new IllegalArgumentException("has the filter-operator " + name
                    + " with other values than it takes (wanted: "
                    + List.of("none", "value", "start-value and end-value").get(operator.literals()) + ")");
        }
        return new Comparison(operator, literals);
    }
}
